import ChatModel

/// The reading of answers that should be one JSON document.
enum Answer {
    /// The one document of an answer, which may be all of it, stand in a fenced block, or have words around it.
    ///
    /// Nothing is guessed: where two stand, none does, and what stands within something broken or unfinished is a part of
    /// that. Between words, a list of numbers is a reference and an empty pair of brackets is punctuation, unless there is
    /// nothing else.
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

    /// The objects and lists between the words of a text; beyond two that are meant nothing changes.
    private static func documents(in text: String) -> [Found] {
        var text = text
        return text.withUTF8 { bytes in
            var found: [Found] = []
            // How much was found before something broken, which may go on further than its brackets seem to say.
            var before: Int?
            var position = 0
            while position < bytes.count, found.count(where: \.isMeant) < 2 {
                switch bytes[position] {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    do throws(JSONSyntaxError) {
                        let (value, end) = try JSONParser.parseFirst(of: bytes, at: position)
                        found.append(Found(value: value, offset: position))
                        position = end
                    } catch {
                        before = before ?? found.count
                        guard let end = endOfBroken(bytes, from: position) else { return found }
                        position = end
                    }
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    // It closes what was broken: all since then stood within that.
                    if let first = before { found.removeSubrange(first...) }
                    before = nil
                    position += 1
                default: position += 1
                }
            }
            return found
        }
    }

    /// Where something ends that begins with a bracket and is no document; `nil` when it never does.
    private static func endOfBroken(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var depth = 0
        var isInString = false
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "\\") where isInString: position += 1
            // No string goes over the end of a line.
            case UInt8(ascii: "\n"): isInString = false
            case UInt8(ascii: "{") where !isInString, UInt8(ascii: "[") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString, UInt8(ascii: "]") where !isInString: depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return position }
        }
        return nil
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
