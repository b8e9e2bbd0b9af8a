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
        for file in [journal, cache] { try refuseJournalOfSeveral(file + "-journal", in: folder) }
        _ = try folder.check(locks, is: .folder)
        return folder
    }

    /// Refuses a rollback journal that names a journal of several databases.
    ///
    /// SQLite deletes what is named there, whatever it is. None of ours does, since no transaction of ours has more than one
    /// database. Such a name stands at the end, before the mark with which every journal begins
    /// (https://www.sqlite.org/fileformat2.html#the_rollback_journal and `writeSuperJournal` in SQLite's pager).
    private static func refuseJournalOfSeveral(_ name: String, in folder: borrowing OwnFolder) throws(JournalError) {
        guard try folder.ending(of: name, bytes: journalMark.count) == journalMark else { return }
        throw JournalError(
            .untrusted,
            "\(folder.path)/\(name) was not left by this program: opening the store would delete another file. If the store"
                + " is yours, move that file away; else keep runs elsewhere with --store DIR."
        )
    }

    private static let journalMark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

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
