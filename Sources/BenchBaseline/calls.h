// Chat completions on libcurl's multi interface: one loop, reused connections, nothing parsed that is not needed.
#ifndef CALLS_H
#define CALLS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *start;
    size_t count;
    size_t capacity;
} bytes;

void bytes_append(bytes *target, const void *source, size_t count);
void bytes_text(bytes *target, const char *text);

typedef struct {
    CURL *handle;
    bytes answer;   // the body as it came, or the text of a stream
    bytes pending;  // the beginning of an event that has not arrived entirely
    bool streams;
    bool ended;     // the terminal marker of the stream was seen
} call;

/// Makes the loop's multi handle and remembers where the server is.
void calls_begin(const char *server);
void calls_end(void);

void call_open(call *made, bool streams);
void call_close(call *made);

/// Sends the request body to a scenario of the server; the body stays where it is until the answer is there.
void call_start(call *made, const char *scenario, const bytes *body);

/// Runs the loop until one call is done, and returns it. Ends the process if a call failed.
call *call_finished(void);

/// One call from beginning to end.
void call_perform(call *made, const char *scenario, const bytes *body);

/// The inside of the first JSON string after `key` in the answer, still escaped; ends the process without it.
bytes call_string(const call *made, const char *key);

extern long calls_made;

#endif
