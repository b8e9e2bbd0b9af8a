#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { read_size = 65536, most_request_bytes = 256 * 1024 * 1024 };

bool connection_busy(const connection *client) { return client->recording || client->sent < client->out.count; }

// The value of a header field in the head of a request, or NULL.
static const char *header(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next) return NULL;
        if ((size_t)(next - line) > length && strncasecmp(line, name, length) == 0) return line + length;
        line = next + 1;
    }
    return NULL;
}

static void begin(connection *client, plan planned, uint64_t now) {
    client->sent = 0;
    client->recording = planned.recording;
    client->part = 0;
    client->pace = planned.pace;
    client->due = planned.delay ? now + planned.delay : 0;
}

// Answers the first request in `in` if it is there entirely.
static bool answer_next(connection *client, uint64_t now) {
    bytes *in = &client->in;
    const char *blank = find(in->start, in->count, "\r\n\r\n");
    if (!blank) return in->count < read_size;
    const char *body = blank + 4;
    const char *path = memchr(in->start, ' ', (size_t)(blank - in->start));
    const char *path_end = path ? memchr(path + 1, ' ', (size_t)(blank - path - 1)) : NULL;
    if (!path_end) return false;
    const char *length = header(in->start, body, "Content-Length:");
    size_t body_count = length ? strtoul(length, NULL, 10) : 0;
    if (body_count > most_request_bytes) return false;
    size_t have = in->count - (size_t)(body - in->start);
    if (have < body_count) {
        if (!client->continued && header(in->start, body, "Expect:")) {
            client->continued = true;
            static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
            return send(client->socket, go_on, sizeof go_on - 1, MSG_NOSIGNAL) == sizeof go_on - 1;
        }
        return true;
    }
    client->continued = false;
    client->out.count = 0;
    plan planned = respond(path + 1, (size_t)(path_end - path - 1), body, body_count, &client->out);
    bytes_drop(in, (size_t)(body - in->start) + body_count);
    begin(client, planned, now);
    return true;
}

bool connection_read(connection *client, uint64_t now) {
    bytes_reserve(&client->in, read_size);
    ssize_t count =
        recv(client->socket, client->in.start + client->in.count, client->in.capacity - client->in.count, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    client->in.count += (size_t)count;
    if (connection_busy(client)) return true;
    return answer_next(client, now) && connection_write(client, now);
}

static bool push(connection *client, const char *start, size_t end) {
    while (client->sent < end) {
        ssize_t count = send(client->socket, start + client->sent, end - client->sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        client->sent += (size_t)count;
    }
    return true;
}

static bool play(connection *client, uint64_t now) {
    const recording *played = client->recording;
    size_t end = played->bytes.count;
    if (client->pace) {
        if (client->due == 0) client->due = now;
        // A part that is late is not made up for: the next comes a whole pace after it.
        if (client->due <= now && client->part < played->parts) {
            client->part++;
            client->due = now + client->pace;
        }
        end = client->part ? played->ends[client->part - 1] : 0;
        if (client->part == played->parts) client->pace = client->due = 0;
    }
    if (!push(client, played->bytes.start, end)) return false;
    if (client->sent == played->bytes.count) client->recording = NULL;
    return true;
}

bool connection_write(connection *client, uint64_t now) {
    while (connection_busy(client)) {
        if (client->recording) {
            if (!play(client, now)) return false;
        } else {
            if (client->due > now) return true;
            client->due = 0;
            if (!push(client, client->out.start, client->out.count)) return false;
        }
        if (connection_busy(client)) return true;
        client->due = 0;
        client->sent = client->out.count = 0;
        // The next request of a client that does not wait for answers.
        if (client->in.count && !answer_next(client, now)) return false;
    }
    return true;
}

void connection_close(connection *client) {
    close(client->socket);
    bytes_free(&client->in);
    bytes_free(&client->out);
}
