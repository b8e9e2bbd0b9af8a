/// Makes text from models, files and servers fit to be printed: nothing in it can steer the terminal.
package enum PrintableText {
    /// The text in one line: line ends and tabs become spaces, control characters visible escapes.
    package static func line(_ text: some StringProtocol) -> String {
        escaped(text) { scalar in
            switch scalar {
            case "\n", "\t", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": " "
            default: nil
            }
        }
    }

    /// The text with its lines and tabs, all other control characters as visible escapes.
    package static func lines(_ text: some StringProtocol) -> String {
        escaped(text) { scalar in scalar == "\n" || scalar == "\t" ? scalar : nil }
    }

    /// A JSON text in which whatever could steer a terminal is written as `\uXXXX`, which means the same.
    package static func json(_ text: String) -> String {
        // Below that, JSON itself allows nothing but line ends.
        guard text.utf8.contains(where: { $0 >= 0x7F }) else { return text }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x7F, steersTerminal(scalar) else {
                output.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                output.append(
                    contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
                )
            }
        }
        return String(output)
    }

    private static func escaped(_ text: some StringProtocol, _ replacing: (Unicode.Scalar) -> Unicode.Scalar?) -> String
    {
        var output = String.UnicodeScalarView()
        var iterator = text.unicodeScalars.makeIterator()
        var next = iterator.next()
        while let scalar = next {
            next = iterator.next()
            // A line end of two characters is one.
            if scalar == "\r", next == "\n" { continue }
            if let replacement = replacing(scalar) {
                output.append(replacement)
            } else if steersTerminal(scalar) {
                output.append(contentsOf: name(of: scalar).unicodeScalars)
            } else {
                output.append(scalar)
            }
        }
        return String(output)
    }

    /// Control characters, the marks that turn the direction of text, and what is not seen although it is there.
    ///
    /// All of them can hide what stands there. The joiners that scripts and emoji need (U+200C, U+200D) stay.
    private static func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B,
            0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
            0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\u{1B}": "\\e"
        case "\r": "\\r"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }
}
