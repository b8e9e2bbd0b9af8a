// Durable commits on SQLite, as many bytes as a crew's journal writes and nothing else.
#ifndef COMMITS_H
#define COMMITS_H

#include <stddef.h>

/// Makes a database with a write-ahead log that is flushed at each commit, in a temporary directory.
void commits_begin(void);

/// Removes it, if it was made.
void commits_end(void);

/// Writes rows of so many bytes in one transaction, durable when it returns.
void commit(const int *sizes, size_t count);

#endif
