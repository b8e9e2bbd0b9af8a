// Answers of an OpenAI-compatible endpoint, as complete HTTP responses.
#ifndef ANSWERS_H
#define ANSWERS_H

#include "bytes.h"

/// What the model says: text, or one call of a tool.
typedef struct {
    const char *text;
    const char *tool;
    const char *arguments;
    int call;
} answer;

/// A streamed answer made once and sent often; `ends[i]` is where part i ends in `bytes`.
typedef struct {
    bytes bytes;
    size_t *ends;
    size_t parts;
} recording;

/// One JSON object with Content-Length. `prompt_bytes` is what usage is reckoned from.
void append_completion(bytes *out, const answer *said, size_t prompt_bytes);

/// The same answer as an event stream of a few chunks; usage is in a chunk of its own when it was asked for.
void append_stream(bytes *out, const answer *said, size_t prompt_bytes, bool with_usage);

/// A stream of `chunks` text chunks of about 245 bytes each, the size that OpenAI's have.
recording record_stream(size_t chunks);

void append_error(bytes *out, int status, const char *message);

#endif
