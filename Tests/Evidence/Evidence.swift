import Foundation

/// What the tests have shown, gathered for `Docs/reliability.md`.
public enum Evidence {
    /// Notes that a test has put a promise to the proof; called once the checks are through.
    ///
    /// With `CREW_EVIDENCE` set, a line of JSON is added to the file of that name. `Scripts/reliability` adds up the cases
    /// of the same description, and is only run when every test has passed.
    ///
    /// - Parameters:
    ///   - promise: What was put to the proof.
    ///   - how: The faults or inputs it was put to, as the table is to say it.
    ///   - cases: How many of them.
    public static func record(_ promise: Promise, _ how: String, cases: Int = 1) throws {
        guard let path = ProcessInfo.processInfo.environment["CREW_EVIDENCE"] else { return }
        let line = Line(promise: promise.rawValue, statement: promise.statement, how: how, cases: cases)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(line) + Data("\n".utf8)
        // One write to the end: tests add their lines side by side.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        defer { close(descriptor) }
        let written = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == data.count else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
    }

    private struct Line: Encodable {
        var promise: String
        var statement: String
        var how: String
        var cases: Int
    }
}
