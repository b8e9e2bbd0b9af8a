#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
static const char *const chunk_head =
    "data: {\"id\":\"chatcmpl-Bf2kXq9vN0sT4mZcW7yHd\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"
    "\"model\":\"bench\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[";

static void append_message(bytes *out, const answer *said, bool streamed) {
    if (said->tool) {
        bytes_format(
            out,
            "\"content\":null,\"tool_calls\":[{%s\"id\":\"call_%d\",\"type\":\"function\","
            "\"function\":{\"name\":\"%s\",\"arguments\":\"",
            streamed ? "\"index\":0," : "", said->call, said->tool);
        bytes_json(out, said->arguments);
        bytes_text(out, "\"}}]");
    } else {
        bytes_text(out, "\"content\":\"");
        bytes_json(out, said->text);
        bytes_text(out, "\"");
    }
}

static void append_usage(bytes *out, const answer *said, size_t prompt_bytes) {
    size_t prompt = prompt_bytes / 4;
    size_t completion = said->tool ? 20 : strlen(said->text) / 4 + 1;
    bytes_format(
        out,
        "\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%zu,\"total_tokens\":%zu,"
        "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}}",
        prompt, completion, prompt + completion);
}

static const char *finish_reason(const answer *said) { return said->tool ? "tool_calls" : "stop"; }

void append_completion(bytes *out, const answer *said, size_t prompt_bytes) {
    static bytes body;
    body.count = 0;
    bytes_text(
        &body,
        "{\"id\":\"chatcmpl-Bf2kXq9vN0sT4mZcW7yHd\",\"object\":\"chat.completion\",\"created\":1760000000,"
        "\"model\":\"bench\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",");
    append_message(&body, said, false);
    bytes_format(&body, ",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"%s\"}],", finish_reason(said));
    append_usage(&body, said, prompt_bytes);
    bytes_text(&body, ",\"system_fingerprint\":\"fp_44709d6fcb\"}");
    bytes_format(
        out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body.count);
    bytes_append(out, body.start, body.count);
}

// One event as one piece of the chunked transfer coding, as servers that flush each token send it.
static void append_event(bytes *out, const bytes *event) {
    bytes_format(out, "%zx\r\n", event->count + 2);
    bytes_append(out, event->start, event->count);
    bytes_text(out, "\n\n\r\n");
}

static void append_chunk(bytes *out, const char *delta, size_t count, const char *finish) {
    static bytes event;
    event.count = 0;
    bytes_text(&event, chunk_head);
    bytes_text(&event, "{\"index\":0,\"delta\":{");
    bytes_append(&event, delta, count);
    bytes_text(&event, "},\"logprobs\":null,\"finish_reason\":");
    if (finish) bytes_format(&event, "\"%s\"", finish);
    else bytes_text(&event, "null");
    bytes_text(&event, "}]}");
    append_event(out, &event);
}

static void append_role(bytes *out) {
    static const char role[] = "\"role\":\"assistant\",\"content\":\"\"";
    append_chunk(out, role, sizeof role - 1, NULL);
}

static void append_last(bytes *out, const answer *said, size_t prompt_bytes, bool with_usage) {
    append_chunk(out, "", 0, finish_reason(said));
    if (with_usage) {
        static bytes event;
        event.count = 0;
        bytes_text(&event, chunk_head);
        bytes_text(&event, "],");
        append_usage(&event, said, prompt_bytes);
        bytes_text(&event, "}");
        append_event(out, &event);
    }
    bytes done = {"data: [DONE]", 12, 0};
    append_event(out, &done);
    bytes_text(out, "0\r\n\r\n");
}

void append_stream(bytes *out, const answer *said, size_t prompt_bytes, bool with_usage) {
    static bytes delta;
    delta.count = 0;
    append_message(&delta, said, true);
    bytes_text(out, stream_head);
    append_role(out);
    append_chunk(out, delta.start, delta.count, NULL);
    append_last(out, said, prompt_bytes, with_usage);
}

recording record_stream(size_t chunks) {
    static const char *const words[] = {" the", " tide", " turns", " twice", " a", " day,", " and", " boats"};
    recording made = {.ends = calloc(chunks + 2, sizeof(size_t))};
    if (!made.ends) {
        perror("bench-server");
        exit(1);
    }
    bytes_text(&made.bytes, stream_head);
    append_role(&made.bytes);
    made.ends[made.parts++] = made.bytes.count;
    for (size_t index = 0; index < chunks; index++) {
        char delta[64];
        int count = snprintf(delta, sizeof delta, "\"content\":\"%s\"", words[index % 8]);
        append_chunk(&made.bytes, delta, (size_t)count, NULL);
        made.ends[made.parts++] = made.bytes.count;
    }
    answer said = {.text = ""};
    append_last(&made.bytes, &said, 400, true);
    made.ends[made.parts++] = made.bytes.count;
    return made;
}

void append_error(bytes *out, int status, const char *message) {
    bytes body = {0};
    bytes_format(&body, "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\",\"code\":null}}", message);
    bytes_format(
        out, "HTTP/1.1 %d Error\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status,
        body.count);
    bytes_append(out, body.start, body.count);
    bytes_free(&body);
}
