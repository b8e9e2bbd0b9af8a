#ifndef CREW_CCURL_SHIM_H
#define CREW_CCURL_SHIM_H

#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

// Swift cannot call variadic functions, and an `int` where libcurl expects a `long` is undefined behaviour. So there is
// one wrapper for each class of argument, and whatever depends on libcurl's version is decided here, once.

// CURLOPT_PREREQFUNCTION, which tells whether any of a request can have left, is as old as 7.80.0.
#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80.0 or newer is needed"
#endif

/// The version of the library at run time, as in LIBCURL_VERSION_NUM.
static inline unsigned int crew_curl_version(void) {
    return curl_version_info(CURLVERSION_NOW)->version_num;
}

/// What the library at run time is and can do.
static inline const curl_version_info_data *crew_curl_version_info(void) {
    return curl_version_info(CURLVERSION_NOW);
}

// MARK: Options of an easy handle

static inline CURLcode crew_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode crew_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode crew_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode crew_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode crew_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*crew_data_callback)(char *bytes, size_t size, size_t count, void *context);

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode crew_easy_set_data_callback(CURL *easy, CURLoption option, crew_data_callback value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode crew_easy_set_prereq_callback(CURL *easy, curl_prereq_callback value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

/// Lets the handle speak http and https and nothing else, also after a redirect.
static inline CURLcode crew_easy_allow_http_only(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    long allowed = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, allowed);
    return code ? code : curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, allowed);
#endif
}

static inline curl_socket_t crew_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}

/// Sets what opens a connection's socket, once the address is known; it is to end in `crew_open_socket`, which keeps
/// connections from being inherited by child processes.
static inline CURLcode crew_easy_set_open_socket_callback(CURL *easy, curl_opensocket_callback value) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

// MARK: Facts about a transfer

static inline CURLcode crew_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode crew_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode crew_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

// MARK: Options and messages of a multi handle

static inline CURLMcode crew_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The next transfer that is over, or NULL; `code` tells how it ended.
static inline CURL *crew_multi_next_finished(CURLM *multi, CURLcode *code) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

// MARK: Not of libcurl, but hidden from Swift

#ifdef __linux__
extern int pthread_setname_np(pthread_t, const char *);
#endif

/// Names the calling thread; at most 15 bytes.
static inline void crew_name_thread(const char *name) {
#ifdef __APPLE__
    pthread_setname_np(name);
#else
    pthread_setname_np(pthread_self(), name);
#endif
}

#endif
