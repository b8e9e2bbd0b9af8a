/// A text with all escapes decoded that may be in it, and where each of its bytes came from.
///
/// Escapes of JSON and C (`\/`, `\u0073`, `\x73`) and of URLs (`%73`) are decoded wherever they stand, and again when what
/// they give is part of another (`\u005cu0073`, `%2573`, `\\u0073`). That decodes more than any one reader would, which is
/// wanted: a secret must not be found by whoever decodes a text once more than this does. It takes one pass: what has been
/// decoded is looked at again only where its end has changed.
struct UnescapedText {
    /// The decoded bytes.
    private(set) var bytes: [UInt8] = []
    /// Where in the text each of them begins.
    private(set) var starts: [Int] = []
    /// Where in the text each of them ends.
    private(set) var ends: [Int] = []

    private static let backslash = UInt8(ascii: "\\")
    private static let percent = UInt8(ascii: "%")

    /// Whether there is anything to decode.
    static func concerns(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { $0 == backslash || $0 == percent }
    }

    init(_ text: [UInt8]) { self = text.withUnsafeBufferPointer { UnescapedText($0) } }

    init(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.reserveCapacity(text.count)
        starts.reserveCapacity(text.count)
        ends.reserveCapacity(text.count)
        for position in text.indices {
            append(text[position], position, position + 1)
            while decodeEnd() {}
        }
    }

    /// Where an escape begins that is not whole yet; the end, if there is none.
    var openFrom: Int {
        for position in max(0, bytes.count - 5)..<bytes.count {
            let rest = bytes[(position + 1)...]
            switch bytes[position] {
            case Self.percent where rest.count < 2 && rest.allSatisfy { $0.hexadecimalValue != nil }: return position
            case Self.backslash:
                let isUnit = rest.first == UInt8(ascii: "u") || rest.first == UInt8(ascii: "x")
                if rest.isEmpty || isUnit && rest.dropFirst().allSatisfy({ $0.hexadecimalValue != nil }) {
                    return position
                }
            default: break
            }
        }
        return bytes.count
    }

    private mutating func append(_ byte: UInt8, _ start: Int, _ end: Int) {
        bytes.append(byte)
        starts.append(start)
        ends.append(end)
    }

    /// Decodes the escape with which the bytes end.
    ///
    /// - Returns: Whether there was one.
    private mutating func decodeEnd() -> Bool {
        let count = bytes.count
        guard count >= 2, let last = bytes.last else { return false }
        if last.hexadecimalValue != nil {
            if count >= 3, bytes[count - 3] == Self.percent { return replaceEnd(3, digits: 2) }
            if count >= 4, bytes[count - 4] == Self.backslash, bytes[count - 3] == UInt8(ascii: "x") {
                return replaceEnd(4, digits: 2)
            }
            if count >= 6, bytes[count - 6] == Self.backslash, bytes[count - 5] == UInt8(ascii: "u") {
                return replaceEnd(6, digits: 4)
            }
        }
        guard bytes[count - 2] == Self.backslash else { return false }
        switch last {
        case UInt8(ascii: "n"): replaceEnd(2, with: [0x0A])
        case UInt8(ascii: "r"): replaceEnd(2, with: [0x0D])
        case UInt8(ascii: "t"): replaceEnd(2, with: [0x09])
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...0xFF, 0...0x20:
            return false
        default: replaceEnd(2, with: [last])
        }
        return true
    }

    private mutating func replaceEnd(_ length: Int, digits: Int) -> Bool {
        var value: UInt32 = 0
        for byte in bytes.suffix(digits) {
            guard let digit = byte.hexadecimalValue else { return false }
            value = value << 4 | UInt32(digit)
        }
        // Two digits are a byte, which may be one of several of a character; four are a character.
        let decoded = digits == 2 ? [UInt8(value)] : Array((Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        replaceEnd(length, with: decoded)
        return true
    }

    private mutating func replaceEnd(_ length: Int, with decoded: [UInt8]) {
        let (start, end) = (starts[starts.count - length], ends[ends.count - 1])
        bytes.removeLast(length)
        starts.removeLast(length)
        ends.removeLast(length)
        for byte in decoded { append(byte, start, end) }
    }
}

extension UInt8 {
    fileprivate var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
