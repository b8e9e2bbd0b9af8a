import CrewStore
import Crypto
package import CrewCore
package import CrewRuntime

/// What the person who runs the program has agreed to, remembered between runs.
///
/// A record stands for one file and exactly what it granted when it was agreed to: other grants, or another file, are
/// another matter.
package struct ConsentRecords: Sendable {
    private let state: StateFolder

    /// Records in a folder of the person's own.
    package init(in state: StateFolder) { self.state = state }

    /// Whether the person has agreed that a file grants this.
    ///
    /// - Throws: `JournalError` when the records cannot be trusted or read.
    package func holds(_ grants: [Grant], of file: String) throws(JournalError) -> Bool {
        try state.content(of: name(grants, file)) != nil
    }

    /// Remembers that the person has agreed.
    ///
    /// - Throws: `JournalError` when it cannot be recorded.
    package func remember(_ grants: [Grant], of file: String) throws(JournalError) {
        let lines = [file] + grants.map(\.summary)
        try state.put(Array((lines.joined(separator: "\n") + "\n").utf8), at: name(grants, file))
    }

    private func name(_ grants: [Grant], _ file: String) -> String {
        "consents/" + Array(SHA256.hash(data: Array("\(file)\0\(grants.fingerprint)".utf8)).prefix(20)).hexadecimal
    }
}

/// What tells a file's content from others, where consent rests on it.
package enum ContentDigest {
    /// 32 hexadecimal digits of its SHA-256.
    package static func of(_ bytes: [UInt8]) -> String { Array(SHA256.hash(data: bytes).prefix(16)).hexadecimal }
}

extension Sequence<Grant> {
    /// A short word for exactly these grants, whatever their order and wherever they stand: 32 hexadecimal digits of their
    /// SHA-256.
    package var fingerprint: String {
        let identities: [String] = Set(self.map(\.identity)).sorted()
        return Array(SHA256.hash(data: Array(identities.joined(separator: "\n").utf8)).prefix(16)).hexadecimal
    }
}
