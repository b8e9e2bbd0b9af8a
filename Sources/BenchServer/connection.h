// One client: requests read, answers written, HTTP/1.1 with keep-alive. No call waits; the loop in main.c does.
#ifndef CONNECTION_H
#define CONNECTION_H

#include "scenario.h"

typedef struct {
    int socket;
    bytes in;
    bytes out;
    size_t sent;                 // of `out`, or of the recording
    const recording *recording;  // being played
    size_t part;                 // next part of a paced recording
    uint64_t pace;
    uint64_t due;                // when to go on writing, 0 for at once
    bool continued;              // "100 Continue" was sent for the request being read
} connection;

/// Takes what has arrived and begins to answer. False when the client is gone or speaks no HTTP.
bool connection_read(connection *client, uint64_t now);
/// Writes what is due. False when the client is gone.
bool connection_write(connection *client, uint64_t now);
/// Whether an answer is under way.
bool connection_busy(const connection *client);
void connection_close(connection *client);

#endif
