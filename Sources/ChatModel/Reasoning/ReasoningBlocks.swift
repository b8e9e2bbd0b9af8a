/// The thoughts of a reasoning model in a text that should be its answer.
///
/// A server that does not know the model's template leaves them there: `<think>…</think>` before the answer, without the
/// opening mark where the template wrote it, and without the closing one where the output limit came first. They are not
/// the answer. Only what stands before the answer is taken for thoughts: further on such marks may be what it is about.
package enum ReasoningBlocks {
    fileprivate static let names = ["think", "thinking", "thought", "reasoning"]
    fileprivate static let openings = names.map { Array("<\($0)>".utf8) }
    fileprivate static let closings = names.map { Array("</\($0)>".utf8) }

    /// The text without the thoughts before it; as it is, when there are none.
    package static func removed(from text: String) -> String {
        guard text.containsByte(where: { $0 == UInt8(ascii: "<") }) else { return text }
        let bytes = Array(text.utf8)
        var rest = bytes[...].withoutLeadingSpace
        while let kind = openings.firstIndex(where: rest.begins) {
            guard let end = rest.firstRange(ofIgnoringCase: closings[kind])?.upperBound else { return "" }
            rest = rest[end...].withoutLeadingSpace
        }
        let isFirst = rest.startIndex == bytes[...].withoutLeadingSpace.startIndex
        if let end = endOfUnopened(rest, isFirst: isFirst) { rest = rest[end...].withoutLeadingSpace }
        let isWhole = rest.startIndex == bytes[...].withoutLeadingSpace.startIndex
        return isWhole ? text : String(decoding: rest, as: UTF8.self)
    }

    /// Where the thoughts end whose opening mark is not there: at a closing mark at the end or the beginning of a line,
    /// outside of code.
    ///
    /// A mark that has a line to itself between two lines of text may as well be what the text is about; then nothing is
    /// taken away. Where a model's template has it so, an empty line follows.
    ///
    /// - Parameter isFirst: Whether no thoughts stood before, within which others may have been.
    private static func endOfUnopened(_ text: ArraySlice<UInt8>, isFirst: Bool) -> Int? {
        let ends = closings.compactMap { text.firstRange(ofIgnoringCase: $0) }
        guard let mark = ends.min(by: { $0.lowerBound < $1.lowerBound }) else { return nil }
        let before = text[..<mark.lowerBound]
        let after = text[mark.upperBound...]
        let isAtEdge =
            before.last.map { $0 == UInt8(ascii: "\n") } ?? true || after.first.map { $0 == 0x0A || $0 == 0x0D } ?? true
        let isOpened = openings.contains { before.firstRange(ofIgnoringCase: $0) != nil }
        let isCode = before.firstRange(ofIgnoringCase: Array("```".utf8)) != nil
        let isAmongLines =
            isFirst && before.endsWithText(beforeLineEnds: 1) && after.beginsWithText(afterLineEnds: 1)
        return isAtEdge && !isOpened && !isCode && !isAmongLines ? mark.upperBound : nil
    }

    /// The same for a text that comes in pieces, for whoever watches it grow.
    ///
    /// What was shown cannot be taken back, so that thoughts without an opening mark are shown.
    package struct Stream: Sendable {
        private enum Place {
            /// Nothing of the answer has come yet.
            case before
            /// Within thoughts that end at the mark of this number.
            case within(Int)
            case answer
        }

        private var place = Place.before
        private var held: [UInt8] = []
        /// Whether there were thoughts, after which white space is not part of the answer.
        private var hadThoughts = false

        package init() {}

        /// Takes a piece and returns what can be shown.
        package mutating func take(_ piece: String) -> String {
            if case .answer = place { return piece }
            held += piece.utf8
            while true {
                switch place {
                case .answer: return end()
                case .before:
                    let rest = held[...].withoutLeadingSpace
                    if let kind = openings.firstIndex(where: rest.begins) {
                        held = Array(rest.dropFirst(openings[kind].count))
                        place = .within(kind)
                    } else if openings.contains(where: { $0.begins(ignoringCase: rest) }) {
                        return ""
                    } else {
                        place = .answer
                        if hadThoughts { held = Array(rest) }
                    }
                case .within(let kind):
                    guard let end = held[...].firstRange(ofIgnoringCase: closings[kind])?.upperBound else {
                        // No more than can be the beginning of the mark.
                        held = Array(held.suffix(closings[kind].count - 1))
                        return ""
                    }
                    held = Array(held[end...])
                    hadThoughts = true
                    place = .before
                }
            }
        }

        /// What is still held back when the text has ended.
        package mutating func end() -> String {
            defer { held = [] }
            if case .within = place { return "" }
            if hadThoughts, case .before = place { held = Array(held[...].withoutLeadingSpace) }
            return String(decoding: held, as: UTF8.self)
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether this, in lower case, begins with the bytes of another, whatever their case.
    fileprivate func begins(ignoringCase beginning: some Collection<UInt8>) -> Bool {
        beginning.count <= count && zip(self, beginning).allSatisfy { $0 == $1.lowercased }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var withoutLeadingSpace: ArraySlice<UInt8> { drop { $0 <= 0x20 } }

    /// Whether text follows after exactly so many ends of lines, and not a document or code.
    fileprivate func beginsWithText(afterLineEnds count: Int) -> Bool {
        let rest = drop { $0 <= 0x20 }
        guard let first = rest.first, self[..<rest.startIndex].count(where: { $0 == 0x0A }) == count else {
            return false
        }
        return first != UInt8(ascii: "{") && first != UInt8(ascii: "[") && first != UInt8(ascii: "`")
    }

    /// Whether the bytes end with text and exactly so many ends of lines.
    fileprivate func endsWithText(beforeLineEnds count: Int) -> Bool {
        guard let last = lastIndex(where: { $0 > 0x20 }) else { return false }
        return self[last...].count(where: { $0 == 0x0A }) == count
    }

    /// Whether the bytes begin with a mark, whatever their case.
    fileprivate func begins(_ mark: [UInt8]) -> Bool {
        count >= mark.count && zip(mark, self).allSatisfy { $0 == $1.lowercased }
    }

    fileprivate func firstRange(ofIgnoringCase mark: [UInt8]) -> Range<Int>? {
        guard let first = mark.first, count >= mark.count else { return nil }
        for start in startIndex...(endIndex - mark.count)
        where self[start].lowercased == first && self[start...].begins(mark) { return start..<(start + mark.count) }
        return nil
    }
}
