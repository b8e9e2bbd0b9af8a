import Foundation
import Testing

/// A text that is kept word for word in `Snapshots`.
///
/// With `CREW_RECORD_SNAPSHOTS=1` it is written anew instead.
enum Snapshot {
    static func expect(
        _ text: String,
        isAsRecorded name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Snapshots/\(name).txt")
        if ProcessInfo.processInfo.environment["CREW_RECORD_SNAPSHOTS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)), sourceLocation: sourceLocation)
    }
}
