import CrewRuntime
import GRDB

extension JournalError {
    /// Says in the journal's terms what SQLite complained about.
    ///
    /// - Parameters:
    ///   - error: SQLite's error, or a journal error, which stays as it is.
    ///   - path: The file.
    init(_ error: any Error, at path: String) {
        if let error = error as? JournalError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.storage, "\(path): \(error)")
            return
        }
        let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch (error.resultCode, error.extendedResultCode) {
        // The index of the write-ahead log lies in shared memory, which on a full disk cannot grow.
        case (.SQLITE_FULL, _), (_, .SQLITE_IOERR_SHMSIZE):
            self.init(.diskFull, "\(path): the disk is full; nothing was recorded. Free some space and resume.")
        case (.SQLITE_READONLY, _), (.SQLITE_PERM, _), (.SQLITE_AUTH, _):
            self.init(.readOnly, "\(path) may not be written (\(detail)); use --store to keep runs elsewhere.")
        case (.SQLITE_CORRUPT, _), (.SQLITE_NOTADB, _):
            self = .damaged(path, detail)
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _):
            self.init(.storage, "\(path): another process kept the store locked for too long (\(detail)).")
        default:
            self.init(.storage, "\(path): \(detail) (SQLite \(error.extendedResultCode.rawValue)).")
        }
    }

    static func damaged(_ path: String, _ detail: String) -> JournalError {
        JournalError(
            .damaged,
            "\(path) is damaged: \(detail). It is left as it is; restore a copy, or move it away to begin anew."
        )
    }
}

extension DatabaseError {
    /// Whether it is unknown what is on the disk after this failure: a connection that has seen it is not used again,
    /// since a second `fsync` may succeed without having written what the first one lost
    /// (https://wiki.postgresql.org/wiki/Fsync_Errors).
    var leavesUnknownState: Bool {
        switch resultCode {
        case .SQLITE_IOERR: extendedResultCode != .SQLITE_IOERR_SHMSIZE
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: true
        default: false
        }
    }
}
