// Which answer a request gets: told by the first part of its path, before /v1/chat/completions.
//
//     /simple            text of about 600 characters, at once
//     /delay50           the same after 50 milliseconds
//     /stream2000-burst  2,000 text chunks as fast as the client takes them, whatever the request asks for
//     /stream2000-paced  2,000 text chunks, one every 100 microseconds
//     /tools/50          a call of `lookup` with {"key":"kN"} until the conversation holds the result of
//                        the 50th (`call_50`), then text
//     /script/NAME       the answers of that section of the script file, one after another, over and over
#ifndef SCENARIO_H
#define SCENARIO_H

#include "answers.h"
#include <stdint.h>

/// Reads a script: a line `[NAME]` begins a section, each further line is one answer's text; `#` begins a comment.
void load_script(const char *path);

/// What to do for one request: bytes to send now or later, or a recording to play.
typedef struct {
    uint64_t delay;              // nanoseconds before the first byte
    const recording *recording;  // plays this instead of what was appended, if set
    uint64_t pace;               // nanoseconds between the parts of the recording, 0 for all at once
} plan;

/// Appends the answer to `out`, or says in the plan what else to send.
plan respond(const char *path, size_t path_count, const char *body, size_t body_count, bytes *out);

#endif
