extension String {
    /// Whether a byte of the text, in UTF-8, is as described; a view of its `utf8` takes ten times as long.
    @inlinable
    package func containsByte(where isSought: (UInt8) -> Bool) -> Bool {
        var text = self
        return text.withUTF8 { $0.contains(where: isSought) }
    }

    /// The text with something else wherever certain bytes stand.
    ///
    /// Bytes are compared, not characters: an accent behind a word makes its last letter another character, but no reader
    /// overlooks the word for that.
    ///
    /// - Parameters:
    ///   - word: The bytes, at least one, in UTF-8.
    ///   - replacement: What takes their place.
    package func replacing(bytes word: [UInt8], with replacement: String) -> String {
        var text = self
        let replaced: String? = text.withUTF8 { text in
            guard var found = text.position(of: word, from: 0) else { return nil }
            var output: [UInt8] = []
            var start = 0
            while true {
                output += text[start..<found]
                output += replacement.utf8
                start = found + word.count
                guard let next = text.position(of: word, from: start) else { break }
                found = next
            }
            output += text[start...]
            return String(decoding: output, as: UTF8.self)
        }
        return replaced ?? text
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func position(of word: [UInt8], from start: Int) -> Int? {
        guard let first = word.first else { return nil }
        let last = count - word.count
        var position = start
        while position <= last {
            if self[position] == first, word.indices.allSatisfy({ self[position + $0] == word[$0] }) { return position }
            position += 1
        }
        return nil
    }
}
