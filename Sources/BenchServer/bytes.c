// memmem is no part of C or POSIX, yet of every libc here.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_reserve(bytes *target, size_t more) {
    size_t needed = target->count + more;
    if (needed <= target->capacity) return;
    size_t capacity = target->capacity ? target->capacity : 1024;
    while (capacity < needed) capacity *= 2;
    char *start = realloc(target->start, capacity);
    if (!start) {
        perror("bench-server");
        exit(1);
    }
    target->start = start;
    target->capacity = capacity;
}

void bytes_append(bytes *target, const void *source, size_t count) {
    if (count == 0) return;
    bytes_reserve(target, count);
    memcpy(target->start + target->count, source, count);
    target->count += count;
}

void bytes_text(bytes *target, const char *text) { bytes_append(target, text, strlen(text)); }

void bytes_format(bytes *target, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= sizeof line) {
        fprintf(stderr, "bench-server: formatted text is longer than a line\n");
        exit(1);
    }
    bytes_append(target, line, (size_t)count);
}

void bytes_json(bytes *target, const char *text) {
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            bytes_append(target, "\\", 1);
            bytes_append(target, text, 1);
        } else if (byte < 0x20) {
            bytes_format(target, "\\u%04x", byte);
        } else {
            bytes_append(target, text, 1);
        }
    }
}

void bytes_drop(bytes *target, size_t count) {
    memmove(target->start, target->start + count, target->count - count);
    target->count -= count;
}

void bytes_free(bytes *target) {
    free(target->start);
    *target = (bytes){0};
}

const char *find(const char *start, size_t count, const char *needle) {
    return memmem(start, count, needle, strlen(needle));
}
