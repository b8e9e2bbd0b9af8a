import Yams

/// Finds where a key is written for the second time.
///
/// The parser refuses a mapping with a repeated key and tells only where the key stands first. So the likely second
/// places are tried: a key is repeated at the first later place at which the complaint goes away once the key is made
/// another one. The replacement is as long as what it replaces, so that no other place moves.
struct RepeatedKeys {
    struct Key {
        let name: String
        let first: SourceMark
        let mark: SourceMark
    }

    private static let mostTries = 40
    private static let largest = 64 << 10

    private(set) var text: String
    private(set) var found: [Key] = []
    private let marker: Unicode.Scalar
    private var tries = 0

    init(text: String, marker: Unicode.Scalar) {
        self.text = text
        self.marker = marker
    }

    /// Makes the second key of that name another one.
    ///
    /// - Returns: Whether it was found.
    mutating func mark(_ name: String, firstAt first: SourceMark) -> Bool {
        let key = Array(name.unicodeScalars)
        guard !key.isEmpty, text.utf8.count <= Self.largest else { return false }
        var scalars = Array(text.unicodeScalars)
        var mark = SourceMark(line: 1, column: 1)
        for index in scalars.indices {
            if mark > first, tries < Self.mostTries, isKey(key, at: index, in: scalars) {
                tries += 1
                let original = scalars[index]
                scalars[index] = marker
                if isSolved(scalars, name, first) {
                    text = Self.string(scalars)
                    let isQuoted = index > 0 && (scalars[index - 1] == "\"" || scalars[index - 1] == "'")
                    let place = SourceMark(line: mark.line, column: mark.column - (isQuoted ? 1 : 0))
                    found.append(Key(name: name, first: first, mark: place))
                    return true
                }
                scalars[index] = original
            }
            let isBreak =
                scalars[index] == "\n" || (scalars[index] == "\r" && scalars.dropFirst(index + 1).first != "\n")
            mark = SourceMark(line: mark.line + (isBreak ? 1 : 0), column: isBreak ? 1 : mark.column + 1)
        }
        return false
    }

    private func isKey(_ key: [Unicode.Scalar], at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard scalars[index] == key[0], index + key.count < scalars.count,
            scalars[index..<index + key.count].elementsEqual(key)
        else { return false }
        if index > 0, !" \t\n\r{,\"'?".unicodeScalars.contains(scalars[index - 1]) { return false }
        let rest = scalars[(index + key.count)...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        return rest.first == ":"
    }

    private func isSolved(_ scalars: [Unicode.Scalar], _ name: String, _ first: SourceMark) -> Bool {
        do {
            _ = try Parser(yaml: Self.string(scalars), resolver: .basic, encoding: .utf8).singleRoot()
            return true
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            return !(keys.first == name && context.mark.line == first.line && context.mark.column == first.column)
        } catch {
            return false
        }
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
