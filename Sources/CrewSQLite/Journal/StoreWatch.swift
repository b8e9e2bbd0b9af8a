import CrewRuntime
import Dispatch
import GRDB
import Synchronization

/// Looks whether other processes have written to the store, four times a second and only while somebody listens.
///
/// A look asks SQLite for a number that changes with every commit of another connection, and reads nothing more as long as
/// it stays the same (https://www.sqlite.org/pragma.html#pragma_data_version).
final class StoreWatch: Sendable {
    private struct State {
        var isLooking = false
        /// The number that was seen last.
        var version: Int64?
        var looks = 0
    }

    private static let pause = DispatchTimeInterval.milliseconds(250)
    /// How many looks there are between two rings that nothing has caused: a process that dies writes nothing.
    private static let looksOfSilence = 20

    private let bell: RunBell
    private let queue: DispatchQueue
    private let database: @Sendable () -> DatabaseQueue?
    private let concerned: @Sendable (Database) throws -> [String]?
    private let state = Mutex(State())

    /// Makes a watch.
    ///
    /// - Parameters:
    ///   - bell: What is rung.
    ///   - queue: Where is looked.
    ///   - database: The connection, once it is open.
    ///   - concerned: The runs that are rung for when something was written; `nil` for all to which somebody listens.
    init(
        _ bell: RunBell,
        on queue: DispatchQueue,
        database: @escaping @Sendable () -> DatabaseQueue?,
        concerned: @escaping @Sendable (Database) throws -> [String]? = { _ in nil }
    ) {
        self.bell = bell
        self.queue = queue
        self.database = database
        self.concerned = concerned
    }

    /// Looks from now on, as long as somebody listens.
    func begin() {
        let mustBegin = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        if mustBegin { lookLater() }
    }

    private func lookLater() { queue.asyncAfter(deadline: .now() + Self.pause) { [weak self] in self?.look() } }

    private func look() {
        guard !bell.runs.isEmpty else {
            state.withLock { $0 = State() }
            // Somebody may have begun to listen in between.
            if !bell.runs.isEmpty { begin() }
            return
        }
        let isSilent = state.withLock { state in
            state.looks += 1
            return state.looks % Self.looksOfSilence == 0
        }
        // What cannot be read now is read at the next look; whoever writes will say what is wrong.
        let runs = (try? database()?.inDatabase { try changed($0) }) ?? []
        for run in isSilent ? bell.runs : runs { bell.ring(run) }
        lookLater()
    }

    /// The runs that are rung for.
    private func changed(_ db: Database) throws -> [String] {
        let statement = try BoundStatement(db, "PRAGMA data_version")
        let version = try statement.step() ? statement.integer(0) : nil
        let isNew = state.withLock { state in
            defer { state.version = version }
            return state.version != version
        }
        return isNew ? try concerned(db) ?? bell.runs : []
    }
}
