extension UnsafeBufferPointer<UInt8> {
    /// Decodes the escapes of a JSON string's inside; a lone surrogate becomes U+FFFD.
    func appendUnescaped(to buffer: inout [UInt8], endingAt offset: Int) throws(WireSyntaxError) {
        var index = 0
        while index < count {
            let start = index
            while index < count, self[index] != UInt8(ascii: "\\") { index += 1 }
            buffer.append(contentsOf: self[start..<index])
            guard index < count else { return }
            guard index + 1 < count else { throw WireSyntaxError("unterminated escape", offset) }
            let byte = self[index + 1]
            index += 2
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
            case UInt8(ascii: "b"): buffer.append(0x08)
            case UInt8(ascii: "f"): buffer.append(0x0C)
            case UInt8(ascii: "n"): buffer.append(0x0A)
            case UInt8(ascii: "r"): buffer.append(0x0D)
            case UInt8(ascii: "t"): buffer.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = codeUnit(at: index) else { throw WireSyntaxError("unknown escape", offset) }
                index += 4
                var value = unit
                if (0xD800...0xDBFF).contains(unit), index + 6 <= count, self[index] == UInt8(ascii: "\\"),
                    self[index + 1] == UInt8(ascii: "u"), let low = codeUnit(at: index + 2),
                    (0xDC00...0xDFFF).contains(low)
                {
                    value = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                buffer.append(
                    contentsOf: UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter
                )
            default: throw WireSyntaxError("unknown escape", offset)
            }
        }
    }

    private func codeUnit(at start: Int) -> UInt32? {
        guard start + 4 <= count else { return nil }
        var unit: UInt32 = 0
        for byte in self[start..<(start + 4)] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }
}
