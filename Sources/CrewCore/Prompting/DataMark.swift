import ChatModel

/// The word that sets apart in the prompts of a run what is data: `<data WORD>` … `</data WORD>`.
///
/// What a tool or another agent said may try to look like the end of data. It cannot: wherever the word stands in it,
/// the word is taken out. So the mark need not be secret, and it follows from the crew and its inputs alone: the same
/// request is the same bytes in every run, which the response cache and the providers' caches live on.
struct DataMark: Sendable, Hashable {
    /// Ten digits, which have no capital letters and no other spelling.
    let text: String
    private let bytes: [UInt8]

    init(_ definition: RunCreated) {
        var hash = StableHash()
        hash.combine(definition.crew.name)
        hash.combine(definition.crew.goal)
        hash.combine(definition.inputs.jsonText)
        text = String(1_000_000_000 + hash.value % 9_000_000_000)
        bytes = Array(text.utf8)
    }

    /// The text with an ellipsis wherever the mark stood.
    ///
    /// Bytes are compared, not characters: an accent behind the mark would make its last digit another character.
    func removed(from text: String) -> String {
        var text = text
        let cleaned: String? = text.withUTF8 { text in
            guard var found = position(in: text, from: 0) else { return nil }
            var output: [UInt8] = []
            var start = 0
            while true {
                output += text[start..<found]
                output += "…".utf8
                start = found + bytes.count
                guard let next = position(in: text, from: start) else { break }
                found = next
            }
            output += text[start...]
            return String(decoding: output, as: UTF8.self)
        }
        return cleaned ?? text
    }

    private func position(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        let first = bytes[0]
        let last = text.count - bytes.count
        var position = start
        while position <= last {
            if text[position] == first, bytes.indices.allSatisfy({ text[position + $0] == bytes[$0] }) {
                return position
            }
            position += 1
        }
        return nil
    }
}
