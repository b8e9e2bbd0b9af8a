/// Words of commands that are suggested.
package enum ShellWord {
    /// A word as a shell takes it.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            byte >= 0x80 || UInt8(ascii: "a") <= byte && byte <= UInt8(ascii: "z")
                || UInt8(ascii: "A") <= byte && byte <= UInt8(ascii: "Z")
                || UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") || "/._-+=:,@%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
