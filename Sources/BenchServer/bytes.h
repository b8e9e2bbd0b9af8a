// Bytes that grow, the only data structure of the server.
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *start;
    size_t count;
    size_t capacity;
} bytes;

/// Makes room for `more` bytes after the last one.
void bytes_reserve(bytes *target, size_t more);
void bytes_append(bytes *target, const void *source, size_t count);
void bytes_text(bytes *target, const char *text);
__attribute__((format(printf, 2, 3))) void bytes_format(bytes *target, const char *format, ...);
/// Appends the text as the inside of a JSON string.
void bytes_json(bytes *target, const char *text);
/// Forgets the first `count` bytes.
void bytes_drop(bytes *target, size_t count);
void bytes_free(bytes *target);

/// The first place of `needle` in the bytes from `start`, or NULL.
const char *find(const char *start, size_t count, const char *needle);

#endif
