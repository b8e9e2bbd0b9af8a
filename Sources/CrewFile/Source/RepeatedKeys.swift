import Yams

/// Finds where a key is written again.
///
/// The parser refuses a mapping with a repeated key and tells only where the key stands first. So the likely second
/// places are tried: those are repetitions whose replacement by another key makes the complaint go away. The replacement is as long as what it replaces, so that no other place moves.
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
    private var markers: [Unicode.Scalar]
    private var tries = 0

    init(text: String, markers: ClosedRange<Unicode.Scalar>) {
        self.text = text
        self.markers = (markers.lowerBound.value...markers.upperBound.value).compactMap(Unicode.Scalar.init)
    }

    /// Makes the later keys of that name in the mapping other ones.
    ///
    /// - Returns: Whether they were found.
    mutating func mark(_ name: String, firstAt first: SourceMark) -> Bool {
        guard !name.isEmpty, text.utf8.count <= Self.largest else { return false }
        var scalars = Array(text.unicodeScalars)
        let original = scalars
        var marked: [(index: Int, mark: SourceMark)] = []
        var isSolved = false
        for candidate in candidates(Array(name.unicodeScalars), after: first, in: scalars) {
            // Each is replaced by a key of its own, since two equal ones would be repetitions again.
            guard tries < Self.mostTries, let marker = markers.popLast() else { return false }
            scalars[candidate.index] = marker
            marked.append(candidate)
            isSolved = self.isSolved(scalars, name, first)
            if isSolved { break }
        }
        guard isSolved, let last = marked.popLast() else { return false }
        // The last one was needed; of those before it, keys of other mappings were not.
        var repeated: [(index: Int, mark: SourceMark)] = []
        for candidate in marked {
            let marker = scalars[candidate.index]
            scalars[candidate.index] = original[candidate.index]
            if self.isSolved(scalars, name, first) { continue }
            scalars[candidate.index] = marker
            repeated.append(candidate)
        }
        text = Self.string(scalars)
        found += (repeated + [last]).map { Key(name: name, first: first, mark: $0.mark) }
        return true
    }

    /// The places after the first at which such a key may stand.
    private func candidates(
        _ key: [Unicode.Scalar],
        after first: SourceMark,
        in scalars: [Unicode.Scalar]
    ) -> [(index: Int, mark: SourceMark)] {
        var found: [(index: Int, mark: SourceMark)] = []
        var (line, column) = (1, 1)
        for index in scalars.indices where found.count < Self.mostTries {
            if (line, column) > (first.line, first.column + 1), isKey(key, at: index, in: scalars) {
                let isQuoted = index > 0 && (scalars[index - 1] == "\"" || scalars[index - 1] == "'")
                found.append((index, SourceMark(line: line, column: column - (isQuoted ? 1 : 0))))
            }
            let isBreak =
                scalars[index] == "\n"
                || (scalars[index] == "\r" && scalars.dropFirst(index + 1).first != "\n")
            (line, column) = isBreak ? (line + 1, 1) : (line, column + 1)
        }
        return found
    }

    private func isKey(_ key: [Unicode.Scalar], at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard scalars[index] == key[0], index + key.count < scalars.count,
            scalars[index..<index + key.count].elementsEqual(key)
        else { return false }
        if index > 0, !" \t\n\r{,\"'?".unicodeScalars.contains(scalars[index - 1]) { return false }
        let rest = scalars[(index + key.count)...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        return rest.first == ":"
    }

    private mutating func isSolved(_ scalars: [Unicode.Scalar], _ name: String, _ first: SourceMark) -> Bool {
        tries += 1
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
