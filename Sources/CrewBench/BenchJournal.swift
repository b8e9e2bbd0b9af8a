import CrewKit
import Foundation

/// The journal of a measurement: in memory, or on disk in a temporary directory.
struct BenchJournal {
    enum Kind: String { case memory, durable }

    let journal: any Journal
    private let directory: URL?

    init(_ kind: Kind) {
        switch kind {
        case .memory:
            journal = MemoryJournal()
            directory = nil
        case .durable:
            let directory = FileManager.default.temporaryDirectory.appending(path: "crew-bench-\(UUID().uuidString)")
            journal = SQLiteStore(directory: directory.path)
            self.directory = directory
        }
    }

    /// Closes the journal and removes what lies on disk.
    func remove() async {
        guard let directory else { return }
        await (journal as? SQLiteStore)?.close()
        try? FileManager.default.removeItem(at: directory)
    }
}
