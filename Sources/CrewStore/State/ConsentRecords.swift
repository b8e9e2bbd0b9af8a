import Crypto
public import CrewCore
public import CrewRuntime

/// What the person who runs the program has agreed to, remembered between runs.
///
/// A record stands for one file and exactly what it granted when it was agreed to: other grants, or another file, are
/// another matter.
public struct ConsentRecords: Sendable {
    private let state: StateFolder

    /// Records in a folder of the person's own.
    public init(in state: StateFolder) { self.state = state }

    /// Whether the person has agreed that a file grants this.
    ///
    /// - Throws: `JournalError` when the records cannot be trusted or read.
    public func holds(_ grants: [Grant], of file: String) throws(JournalError) -> Bool {
        try state.read(name(grants, file)) != nil
    }

    /// Remembers that the person has agreed.
    ///
    /// - Throws: `JournalError` when it cannot be recorded.
    public func remember(_ grants: [Grant], of file: String) throws(JournalError) {
        let lines = [file] + grants.map(\.summary)
        try state.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: name(grants, file))
    }

    private func name(_ grants: [Grant], _ file: String) -> String {
        "consents/" + hexadecimal(SHA256.hash(data: Array("\(file)\0\(grants.fingerprint)".utf8)).prefix(20))
    }
}

extension Sequence<Grant> {
    /// A short word for exactly these grants, whatever their order and wherever they stand: 32 hexadecimal digits of their
    /// SHA-256.
    public var fingerprint: String {
        let identities: [String] = Set(self.map(\.identity)).sorted()
        return hexadecimal(SHA256.hash(data: Array(identities.joined(separator: "\n").utf8)).prefix(16))
    }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
