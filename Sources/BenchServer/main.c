// bench-server: a scripted OpenAI-compatible endpoint that costs next to nothing, for the benchmarks.
//
//     bench-server [--port N] [--script FILE] [--until-eof]
//
// Prints its address on a line of its own once it listens, on 127.0.0.1 only. `--until-eof` ends it when its
// standard input closes, that is, with whoever started it. scenario.h says which path answers what.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { most_clients = 4096 };

static connection clients[most_clients];
static struct pollfd watched[most_clients + 2];
static size_t client_count;

static uint64_t monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "bench-server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int listen_on(uint16_t port) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) fail("socket");
    int yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
    if (listen(listener, 1024) != 0) fail("listen");
    socklen_t size = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) fail("getsockname");
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void accept_clients(int listener) {
    while (client_count < most_clients) {
        int socket = accept(listener, NULL, NULL);
        if (socket < 0) return;
        fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
        int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
#ifdef SO_NOSIGPIPE
        setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
        clients[client_count++] = (connection){.socket = socket};
    }
}

// Waits for the watched sockets, at most until `due` (0: without end). poll() alone counts in milliseconds.
static int wait_until(uint64_t due, size_t count) {
    uint64_t now = monotonic_nanoseconds();
    uint64_t left = due > now ? due - now : 0;
#ifdef __linux__
    struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
    return ppoll(watched, count, due ? &timeout : NULL, NULL);
#else
    if (!due) return poll(watched, (nfds_t)count, -1);
    if (left >= 2000000) return poll(watched, (nfds_t)count, (int)(left / 1000000u));
    struct timespec pause = {.tv_nsec = (long)left};
    nanosleep(&pause, NULL);
    return poll(watched, (nfds_t)count, 0);
#endif
}

static uint64_t watch(void) {
    uint64_t due = 0;
    for (size_t index = 0; index < client_count; index++) {
        connection *client = &clients[index];
        short events = POLLIN;
        if (connection_busy(client)) {
            if (client->due == 0) events |= POLLOUT;
            else if (due == 0 || client->due < due) due = client->due;
        }
        watched[index + 2] = (struct pollfd){.fd = client->socket, .events = events};
    }
    return due;
}

// Says once, on a line of its own, when a request first came: nanoseconds of CLOCK_MONOTONIC.
static void note_first_request(uint64_t now) {
    static bool noted = false;
    if (noted) return;
    noted = true;
    printf("%llu\n", (unsigned long long)now);
    fflush(stdout);
}

static void serve(int listener, bool until_eof) {
    watched[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    watched[1] = (struct pollfd){.fd = until_eof ? STDIN_FILENO : -1, .events = POLLIN};
    for (;;) {
        uint64_t due = watch();
        size_t known = client_count;
        if (wait_until(due, known + 2) < 0 && errno != EINTR) fail("poll");
        char ignored[256];
        if (watched[1].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return;
        uint64_t now = monotonic_nanoseconds();
        // From the last to the first, so that the last can take the place of one that is gone.
        for (size_t index = known; index-- > 0;) {
            connection *client = &clients[index];
            short events = watched[index + 2].revents;
            bool alive = true;
            if (events & POLLIN) note_first_request(now);
            if (events & (POLLIN | POLLHUP | POLLERR)) alive = connection_read(client, now);
            bool ready = (events & POLLOUT) || (client->due && client->due <= now);
            if (alive && ready && connection_busy(client)) alive = connection_write(client, now);
            if (alive) continue;
            connection_close(client);
            *client = clients[--client_count];
        }
        if (watched[0].revents) accept_clients(listener);
    }
}

int main(int count, char **arguments) {
    uint16_t port = 0;
    bool until_eof = false;
    for (int index = 1; index < count; index++) {
        bool more = index + 1 < count;
        if (strcmp(arguments[index], "--port") == 0 && more) port = (uint16_t)atoi(arguments[++index]);
        else if (strcmp(arguments[index], "--script") == 0 && more) load_script(arguments[++index]);
        else if (strcmp(arguments[index], "--until-eof") == 0) until_eof = true;
        else {
            fprintf(stderr, "usage: bench-server [--port N] [--script FILE] [--until-eof]\n");
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
#ifdef __linux__
    // Without this a timer may be 50 microseconds late, half a pace.
    prctl(PR_SET_TIMERSLACK, 1ul, 0ul, 0ul, 0ul);
#endif
    serve(listen_on(port), until_eof);
    return 0;
}
