internal import CrewCore

/// A path beneath a folder, as a model wrote it: relative, with nothing in it that could lead elsewhere.
///
/// Names are taken as they are: `%2e`, other Unicode forms and trailing dots mean themselves.
struct ConfinedPath: Hashable {
    static let maximumDepth = 32
    static let maximumLength = 1_024

    /// The names on the way; none for the folder itself.
    let names: [String]

    var text: String { names.joined(separator: "/") }

    /// Reads a path.
    ///
    /// - Throws: ``ToolRejection`` with what is not allowed.
    init(_ text: String) throws(ToolRejection) {
        guard text.utf8.count <= Self.maximumLength else {
            throw ToolRejection("The path is longer than \(Self.maximumLength) bytes.")
        }
        if text.utf8.first == UInt8(ascii: "/") {
            throw ToolRejection("The path must be relative to the folder: it may not start with '/'.")
        }
        if text.utf8.first == UInt8(ascii: "~") {
            throw ToolRejection("The path must be relative to the folder: it may not start with '~'.")
        }
        if text.utf8.contains(UInt8(ascii: "\\")) {
            throw ToolRejection("The path may not hold '\\'; folders are separated by '/'.")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ToolRejection("The path may not hold control characters.")
        }
        names = text.split(separator: "/").map(String.init).filter { $0 != "." }
        if names.contains("..") { throw ToolRejection("The path may not hold '..': it stays within the folder.") }
        if names.contains(where: { $0.utf8.count > 255 }) {
            throw ToolRejection("A name in the path is longer than 255 bytes.")
        }
        guard names.count <= Self.maximumDepth else {
            throw ToolRejection("The path is deeper than \(Self.maximumDepth) folders.")
        }
    }
}
