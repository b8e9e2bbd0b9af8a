import ChatModel

/// The reading of answers that should be one JSON document.
enum Answer {
    /// The document, also when the whole answer is one fenced block; anything else around it is refused, since it would
    /// have to be guessed which part is meant.
    static func document(in text: String) -> Result<JSONValue, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            return .success(try JSONValue(parsing: unfenced(text)))
        } catch {
            return .failure(error)
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
