import GRDB
import Synchronization

/// Counts commits and what was in them.
final class Counter: Sendable {
    private let sums = Mutex((count: 0, entries: 0))

    var count: Int { sums.withLock { $0.count } }
    var entries: Int { sums.withLock { $0.entries } }

    func add(_ entries: Int) {
        sums.withLock {
            $0.count += 1
            $0.entries += entries
        }
    }
}

/// What SQLite reports when the system fails.
enum StoreFault {
    static let flush = DatabaseError(resultCode: .SQLITE_IOERR_FSYNC, message: "disk I/O error")
}
