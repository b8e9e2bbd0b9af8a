#if os(Linux)
    import CrewCore
    import CrewSQLite
    import CrewStore
    import Foundation
    import GRDB
    import Testing

    /// What a store holds at one moment, read from a copy, so that the next program finds the files as they were left.
    struct StoreImage {
        /// The only run's events; empty when there is none.
        private(set) var events: [Event] = []
        /// What is wrong with the database by SQLite's own check; `ok` when nothing is.
        private(set) var integrity = "ok"

        var state: RunState? { (try? PromptBook.builtIn()).flatMap { RunState(folding: events, prompts: $0) } }

        /// Reads the store of a workspace.
        init(of work: Workspace) async throws {
            let files = FileManager.default
            let names = work.files(below: ".crew").filter { $0.hasPrefix("crew.sqlite") && !$0.hasSuffix("-shm") }
            guard names.contains("crew.sqlite") else { return }
            let copy = files.temporaryDirectory.appendingPathComponent("crew-image-\(UUID().uuidString)").path
            try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
            defer { try? files.removeItem(atPath: copy) }
            for name in names { try files.copyItem(atPath: work.path + "/.crew/" + name, toPath: copy + "/" + name) }
            let database = try DatabaseQueue(path: copy + "/crew.sqlite")
            integrity = try await database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } ?? "nothing"
            try database.close()
            let store = SQLiteStore(directory: copy)
            let runs = try await store.runs()
            try #require(runs.count <= 1)
            if let run = runs.first { events = try await store.events(of: run.run) }
            await store.close()
        }

        /// The events as `crew show --events` prints them.
        func documents() throws -> [JSON] {
            try events.map { try JSON(String(decoding: JSONEncoder().encode($0), as: UTF8.self)) }
        }
    }
#endif
