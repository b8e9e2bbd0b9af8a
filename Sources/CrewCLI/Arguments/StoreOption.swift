import ArgumentParser
import CrewKit

/// Where runs are kept.
struct StoreOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where runs are kept. Without it: .crew in the nearest folder, from the crew file's (or, for a command "
                + "without one, the current folder) upwards, that holds .crew, .git or Package.swift; else in that "
                + "folder itself.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var store: String?

    /// The store for a crew file in a folder, or for the current folder; every command opens it here.
    ///
    /// It must be the person's own: a directory that lies beside a crew file, or above it, may be anybody's.
    func open(for folder: String = ".") -> any RunStore {
        SQLiteStore(directory: directory(for: folder), mustBeOwn: true)
    }

    /// The store's directory for a crew file in a folder, or for the current folder.
    func directory(for folder: String = ".") -> String { store ?? Self.conventional(for: folder) }

    /// What `--store` has to be for a command given here to find a store; `nil` when it finds it without.
    func location(of directory: String) -> String? {
        let found = Paths.absolute(Self.conventional(for: "."))
        return Paths.absolute(directory) == found ? nil : store ?? directory
    }

    /// What somebody can do who looks for runs in the wrong place.
    static let advice =
        "Runs are kept with their crew file: ask in its folder, or name the store with --store DIR."

    /// The store of the project to which a folder belongs.
    ///
    /// What another user has put into a folder above says nothing about this one's project; in the folder itself it is
    /// taken for what it seems to be, and refused when it is opened.
    static func conventional(for folder: String) -> String {
        let start = Paths.absolute(folder)
        var candidate: String? = start
        while let directory = candidate {
            let marks = [".crew", ".git", "Package.swift"].map { Paths.joined(directory, $0) }
            if marks.contains(where: { Paths.exists($0) && (directory == start || !Paths.isOthers($0)) }) {
                return Paths.joined(directory, ".crew")
            }
            candidate = Paths.parent(directory)
        }
        return Paths.joined(start, ".crew")
    }
}

/// The run that a command is about.
struct RunArgument: ParsableArguments {
    @Argument(
        help: "The run's identifier, its beginning if no other run begins so, or `last` for the newest run.",
        // Completion opens no store: a shell expands what it is given, and a store may be anybody's.
        completion: .list(["last"])
    )
    var run: String

    /// The run that is meant.
    func find(in store: any RunStore) async throws(JournalError) -> RunSummary {
        if run == "last" {
            if let newest = try await store.runs(limit: 1).first { return newest }
            throw JournalError(.unknownRun, "there are no runs in \(store.place). \(StoreOption.advice)")
        }
        do {
            return try await store.run(matching: run)
        } catch {
            // A beginning that several runs share is in the right place.
            guard error.code == .unknownRun, try await !store.runs().contains(where: { $0.run.hasPrefix(run) })
            else { throw error }
            throw JournalError(.unknownRun, "\(error.message) \(StoreOption.advice)")
        }
    }

    init() {}

    init(run: String) { self.run = run }
}
