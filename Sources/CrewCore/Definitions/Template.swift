/// A text with `{{name}}` placeholders.
///
/// A placeholder is a name between double braces and nothing more: no expressions, no filters, no paths. Values are
/// put in once and are never looked at again, so that a value that looks like a placeholder stays what it is.
public struct Template: Sendable, Hashable {
    /// A stretch of a template.
    package enum Piece: Sendable, Hashable {
        /// Text that stays as it is.
        case text(String)
        /// The place of a value.
        case placeholder(String)
        /// Double braces that hold no name; what stands there.
        case malformed(String)
    }

    /// The stretches in order.
    package let pieces: [Piece]

    /// Reads a text; it always succeeds, see ``malformed``.
    public init(_ text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.firstPair(of: UInt8(ascii: "{")) {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            let inner = rest[open.upperBound...]
            guard let close = inner.firstPair(of: UInt8(ascii: "}")) else {
                pieces.append(.malformed(String(rest[open.lowerBound...])))
                rest = ""
                break
            }
            let name = Self.trimmed(inner[..<close.lowerBound])
            if Names.isValid(name) {
                pieces.append(.placeholder(name))
            } else {
                pieces.append(.malformed(String(rest[open.lowerBound..<close.upperBound])))
            }
            rest = inner[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    /// The names of the placeholders, in order, each as often as it stands there.
    public var placeholders: [String] {
        pieces.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
    }

    /// The stretches that begin like a placeholder and are none.
    public var malformed: [String] {
        pieces.compactMap { if case .malformed(let text) = $0 { text } else { nil } }
    }

    /// The text with the values put in.
    ///
    /// - Returns: `nil` when a value is missing or a placeholder is malformed.
    public func filled(with values: [String: String]) -> String? {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .placeholder(let name):
                guard let value = values[name] else { return nil }
                result += value
            case .malformed: return nil
            }
        }
        return result
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension StringProtocol {
    /// The place of an ASCII byte that stands there twice, one after the other.
    ///
    /// A search for a text goes by characters and is many times slower.
    func firstPair(of byte: UInt8) -> Range<Index>? {
        func offset(in bytes: some Collection<UInt8>) -> Int? {
            var before: UInt8?
            for (offset, current) in bytes.enumerated() {
                if current == byte, before == byte { return offset - 1 }
                before = current
            }
            return nil
        }
        let found = utf8.withContiguousStorageIfAvailable { offset(in: $0) } ?? offset(in: utf8)
        return found.map { offset in
            let start = utf8.index(startIndex, offsetBy: offset)
            return start..<utf8.index(start, offsetBy: 2)
        }
    }
}

/// What may be the name of something in a crew.
package enum Names {
    /// The most characters a name may have, the limit that chat endpoints set on names of functions.
    package static let longest = 64
    /// The same rule as a regular expression, for schemas.
    package static let pattern = "^[A-Za-z0-9_-]{1,64}$"

    /// Whether it is 1 to 64 ASCII letters, digits, `-` and `_`.
    package static func isValid(_ name: String) -> Bool {
        (1...longest).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
