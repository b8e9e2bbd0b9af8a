import CrewRuntime

/// Where a store lies: a folder of the person's own with nothing in the places of its files but files of their own.
enum StorePlace {
    static let journal = "crew.sqlite"
    static let cache = "cache.sqlite"
    static let locks = "locks"

    /// What SQLite opens, writes or removes beside a database.
    private static let companions = ["", "-wal", "-shm", "-journal"]
    private static let files = [journal, cache].flatMap { file in companions.map { file + $0 } }

    /// Looks at a store's folder and at everything in it that would be opened, before anything is.
    ///
    /// - Returns: The folder; `nil` when there is none.
    /// - Throws: `untrusted`.
    @discardableResult
    static func look(at directory: String) throws(JournalError) -> OwnFolder? {
        guard let folder = try OwnFolder.open(directory) else { return nil }
        for file in files { _ = try folder.check(file, is: .file) }
        _ = try folder.check(locks, is: .folder)
        return folder
    }

    /// Makes the folder where it is missing, and then looks at it.
    static func make(_ directory: String) throws(JournalError) -> OwnFolder {
        if let folder = try look(at: directory) { return folder }
        try createPrivateDirectory(OwnFolder.plain(directory))
        guard let folder = try look(at: directory) else {
            throw JournalError(.storage, "\(directory) was taken away while it was opened.")
        }
        return folder
    }
}
