import ChatModel

/// The reading of answers that should be one JSON document.
enum Answer {
    /// How many bytes are read in vain in search of a document.
    private static let patience = 4 << 20

    /// The one document of an answer, which may be all of it, stand in a fenced block, or have words around it.
    ///
    /// Nothing is guessed: where two stand, none does. Between words, a list of numbers is a reference and an empty pair
    /// of brackets is punctuation, unless there is nothing else.
    static func document(in text: String) -> Result<JSONValue, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            return .success(try JSONValue(parsing: unfenced(text)))
        } catch {
            let found = documents(in: text)
            let meant = found.contains(where: \.isMeant) ? found.filter(\.isMeant) : found
            guard let first = meant.first else { return .failure(error) }
            guard meant.count > 1 else { return .success(first.value) }
            return .failure(
                JSONSyntaxError(message: "another document begins where one alone is wanted,", offset: meant[1].offset)
            )
        }
    }

    private struct Found {
        var value: JSONValue
        var offset: Int

        /// Whether nobody writes it in passing.
        var isMeant: Bool {
            switch value {
            case .object(let members): !members.isEmpty
            case .array(let elements):
                elements.contains {
                    switch $0 {
                    case .integer, .number: false
                    default: true
                    }
                }
            default: false
            }
        }
    }

    /// The objects and lists between the words of a text; beyond three nothing changes.
    private static func documents(in text: String) -> [Found] {
        var text = text
        return text.withUTF8 { bytes in
            var found: [Found] = []
            var patience = patience
            var position = 0
            while position < bytes.count, found.count(where: \.isMeant) < 2, patience > 0 {
                let byte = bytes[position]
                guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else {
                    position += 1
                    continue
                }
                do throws(JSONSyntaxError) {
                    let (value, end) = try JSONParser.parseFirst(of: bytes, at: position)
                    found.append(Found(value: value, offset: position))
                    position = end
                } catch {
                    patience -= max(16, error.offset - position)
                    position += 1
                }
            }
            return found
        }
    }

    private static func unfenced(_ text: String) -> String {
        let trimmed = text.trimmingSpace
        guard trimmed.hasPrefix("```"), trimmed.hasSuffix("```"), trimmed.utf8.count > 6,
            let firstLineEnd = trimmed.firstIndex(where: \.isNewline)
        else { return String(trimmed) }
        let tag = trimmed[..<firstLineEnd].dropFirst(3).lowercased()
        guard tag.isEmpty || tag == "json" else { return String(trimmed) }
        return String(trimmed[firstLineEnd...].dropLast(3))
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmingSpace: SubSequence {
        // Characters are slow to come by, and most texts have no space at their ends.
        let isTrimmed = utf8.withContiguousStorageIfAvailable { bytes in
            [bytes.first, bytes.last].allSatisfy { $0.map { (0x21..<0x7F).contains($0) } ?? false }
        }
        if isTrimmed == true { return self[startIndex...] }
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
