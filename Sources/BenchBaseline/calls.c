// memmem is no part of C or POSIX, yet of every libc here.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long calls_made;

static CURLM *multi;
static struct curl_slist *fields;
static const char *base;

static void fail(const char *reason) {
    fprintf(stderr, "bench-baseline: %s\n", reason);
    exit(1);
}

void bytes_append(bytes *target, const void *source, size_t count) {
    if (target->count + count > target->capacity) {
        size_t capacity = target->capacity ? target->capacity : 2048;
        while (capacity < target->count + count) capacity *= 2;
        target->start = realloc(target->start, capacity);
        if (!target->start) fail("out of memory");
        target->capacity = capacity;
    }
    if (count) memcpy(target->start + target->count, source, count);
    target->count += count;
}

void bytes_text(bytes *target, const char *text) { bytes_append(target, text, strlen(text)); }

void calls_begin(const char *server) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) fail("libcurl does not start");
    base = server;
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 256L);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 256L);
    fields = curl_slist_append(fields, "Content-Type: application/json");
    fields = curl_slist_append(fields, "Authorization: Bearer sk-benchmark");
    fields = curl_slist_append(fields, "Expect:");
    if (!multi || !fields) fail("out of memory");
}

void calls_end(void) {
    curl_multi_cleanup(multi);
    curl_slist_free_all(fields);
    curl_global_cleanup();
}

// Appends the text of one event, told by its marks alone: the text may hold escapes, which are kept.
static void take_event(call *made, const char *line, size_t count) {
    static const char mark[] = "\"content\":\"";
    if (count < 6 || memcmp(line, "data: ", 6) != 0) return;
    if (count >= 12 && memcmp(line + 6, "[DONE]", 6) == 0) {
        made->ended = true;
        return;
    }
    const char *text = memmem(line, count, mark, sizeof mark - 1);
    if (!text) return;
    text += sizeof mark - 1;
    const char *end = text;
    while (end < line + count && *end != '"') end += *end == '\\' ? 2 : 1;
    if (end > line + count) fail("an event ends inside its text");
    bytes_append(&made->answer, text, (size_t)(end - text));
}

static void take_events(call *made, const char *start, size_t count) {
    bytes *pending = &made->pending;
    for (const char *newline; (newline = memchr(start, '\n', count)) != NULL;) {
        size_t length = (size_t)(newline - start);
        if (pending->count) {
            bytes_append(pending, start, length);
            take_event(made, pending->start, pending->count);
            pending->count = 0;
        } else if (length) {
            take_event(made, start, length);
        }
        start = newline + 1;
        count -= length + 1;
    }
    bytes_append(pending, start, count);
}

static size_t receive(char *start, size_t size, size_t count, void *context) {
    call *made = context;
    if (made->streams) take_events(made, start, size * count);
    else bytes_append(&made->answer, start, size * count);
    return size * count;
}

void call_open(call *made, bool streams) {
    *made = (call){.handle = curl_easy_init(), .streams = streams};
    if (!made->handle) fail("out of memory");
    curl_easy_setopt(made->handle, CURLOPT_PRIVATE, made);
    curl_easy_setopt(made->handle, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(made->handle, CURLOPT_WRITEDATA, made);
    curl_easy_setopt(made->handle, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(made->handle, CURLOPT_NOSIGNAL, 1L);
}

void call_close(call *made) {
    curl_easy_cleanup(made->handle);
    free(made->answer.start);
    free(made->pending.start);
}

void call_start(call *made, const char *scenario, const bytes *body) {
    char address[256];
    snprintf(address, sizeof address, "%s/%s/v1/chat/completions", base, scenario);
    made->answer.count = made->pending.count = 0;
    made->ended = false;
    curl_easy_setopt(made->handle, CURLOPT_URL, address);
    curl_easy_setopt(made->handle, CURLOPT_POSTFIELDS, body->start);
    curl_easy_setopt(made->handle, CURLOPT_POSTFIELDSIZE, (long)body->count);
    if (curl_multi_add_handle(multi, made->handle) != CURLM_OK) fail("a call does not start");
}

static void check(const call *made, CURLcode result) {
    long status = 0;
    curl_easy_getinfo(made->handle, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK) fail(curl_easy_strerror(result));
    if (status != 200) fail("the server answered with an error");
    if (made->streams && !made->ended) fail("a stream ended too early");
    calls_made++;
}

call *call_finished(void) {
    for (;;) {
        int running = 0;
        int messages = 0;
        CURLMsg *message = curl_multi_info_read(multi, &messages);
        if (message && message->msg == CURLMSG_DONE) {
            call *made = NULL;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &made);
            CURLcode result = message->data.result;
            curl_multi_remove_handle(multi, made->handle);
            check(made, result);
            return made;
        }
        if (curl_multi_perform(multi, &running) != CURLM_OK) fail("libcurl's loop failed");
        message = NULL;
        if (running && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK) fail("libcurl's wait failed");
    }
}

void call_perform(call *made, const char *scenario, const bytes *body) {
    call_start(made, scenario, body);
    call_finished();
}

bytes call_string(const call *made, const char *key) {
    const char *stop = made->answer.start + made->answer.count;
    const char *found = memmem(made->answer.start, made->answer.count, key, strlen(key));
    if (!found || (found += strlen(key)) >= stop || *found != '"') fail("an answer without its text");
    const char *text = found + 1;
    const char *end = text;
    while (end < stop && *end != '"') end += *end == '\\' ? 2 : 1;
    if (end >= stop) fail("an answer that ends inside its text");
    return (bytes){(char *)text, (size_t)(end - text), 0};
}
