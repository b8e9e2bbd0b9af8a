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

    /// The store that a half-written command line names.
    static func given(in words: [String]) -> String {
        let option = words.firstIndex(of: "--store").map { words.index(after: $0) }
        return option.flatMap { words.indices.contains($0) ? words[$0] : nil } ?? conventional(for: ".")
    }

    /// The store of the project to which a folder belongs.
    static func conventional(for folder: String) -> String {
        let start = Paths.absolute(folder)
        var candidate: String? = start
        while let directory = candidate {
            if [".crew", ".git", "Package.swift"].contains(where: { Paths.exists(Paths.joined(directory, $0)) }) {
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
        completion: .custom { words, _, prefix in await RunArgument.completions(words, prefix) }
    )
    var run: String

    /// The run that is meant.
    func find(in store: RunStore) async throws(JournalError) -> RunSummary {
        if run == "last" {
            if let newest = try await store.runs(limit: 1).first { return newest }
            throw JournalError(.unknownRun, "there are no runs in \(store.directory). \(StoreOption.advice)")
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

    static func completions(_ words: [String], _ prefix: String) async -> [String] {
        let store = RunStore(directory: StoreOption.given(in: words))
        let runs = (try? await store.runs(limit: 200)) ?? []
        await store.close()
        return (["last"] + runs.map(\.run)).filter { $0.hasPrefix(prefix) }
    }
}
