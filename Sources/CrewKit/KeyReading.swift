import CrewRuntime

/// Reads keys and other secrets from environment variables.
struct KeyReading {
    let environment: [String: String]

    /// The value of a variable without white space at its ends, which comes with copying; `nil` when there is nothing.
    func value(of variable: String) -> String? {
        guard let value = environment[variable] else { return nil }
        var scalars = value.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return scalars.isEmpty ? nil : String(scalars)
    }

    /// The value of a variable as it can stand in a header.
    ///
    /// - Parameters:
    ///   - variable: The variable's name.
    ///   - what: What the value is, for the complaint, such as "the key".
    ///   - mayHoldSpaces: Whether it may consist of several words.
    /// - Throws: `CrewError` when it cannot be sent; the message does not show it.
    func sendable(_ variable: String, as what: String, mayHoldSpaces: Bool = false) throws(CrewError) -> String? {
        guard let value = value(of: variable) else { return nil }
        for scalar in value.unicodeScalars {
            let trouble: String
            switch scalar.value {
            case 0x21...0x7E: continue
            case 0x20 where mayHoldSpaces: continue
            case 0x0A, 0x0D: trouble = "a line break"
            case 0x20, 0x09: trouble = "a space"
            case 0..<0x20, 0x7F: trouble = "a control character"
            default: trouble = "a character that is not ASCII"
            }
            throw CrewError(
                .credentials,
                "\(what) in \(variable) cannot be used: there is \(trouble) in the midst of it; set it anew"
            )
        }
        return value
    }

    /// What must not be shown of a variable's value: all of it, and what follows a scheme such as `Bearer`.
    func secrets(of variable: String) -> [String] {
        guard let value = value(of: variable) else { return [] }
        let words = value.split(separator: " ")
        return words.count == 2 ? [value, String(words[1])] : [value]
    }
}
