import CrewCore
public import CrewRuntime
import GRDB

/// What is known of a store before it is trusted: numbers, and nothing that somebody has written.
public struct StoreSurvey: Sendable, Hashable {
    /// The store's directory.
    public let directory: String
    /// Whether this account has made it, or taken it over.
    public let isOwn: Bool
    /// The version of its layout.
    public let version: Int
    /// How many runs it lists.
    public let runs: Int
    /// How many events they have.
    public let events: Int
    /// How many accounts have limits.
    public let accounts: Int
    /// How many bytes the database has.
    public let bytes: Int
}

extension SQLiteStore {
    /// Looks at a store that may be anybody's: its place and its schema are checked, and its rows are counted.
    ///
    /// - Parameter directory: The store's directory.
    /// - Throws: `JournalError`: `untrusted` when its place is another user's, or written by others, or a link;
    ///   `unknownRun` when there is no store; `damaged`; `wrongVersion`.
    public static func survey(_ directory: String) throws(JournalError) -> StoreSurvey {
        let file = JournalFile(directory: directory, mustBeOwn: false)
        guard file.exists else {
            throw JournalError(.unknownRun, "there is no store in \(Ownership.quoted(file.directory)).")
        }
        let (database, standing) = try file.openAsItIs()
        defer { try? database.close() }
        guard case .store(let version) = standing else {
            throw JournalError(.unknownRun, "\(file.path) holds no runs yet.")
        }
        return try file.sqlite {
            try database.inDatabase { db in
                func count(_ table: String) throws -> Int {
                    Int(try Row.fetchOne(db, sql: "SELECT count(*) FROM \(table)")?.integer(0) ?? 0)
                }
                return StoreSurvey(
                    directory: file.directory,
                    isOwn: try file.isOwn(db),
                    version: Int(version),
                    runs: try count("runs"),
                    events: try count("events"),
                    accounts: try count("accounts"),
                    bytes: Int(fileSize(file.path) ?? 0)
                )
            }
        }
    }

    /// Takes a store over as the person's own: seals it where it lies, and brings it up to the present layout.
    ///
    /// Its runs can be resumed then, and what they name gets the person's keys and folders: know where it comes from.
    ///
    /// - Parameter directory: The store's directory.
    /// - Throws: `JournalError`, as ``survey(_:)`` does, and when there is no home folder to keep a key in.
    public static func trust(_ directory: String) throws(JournalError) {
        _ = try survey(directory)
        try JournalFile(directory: directory, mustBeOwn: false).seal()
    }
}
