/// The `Retry-After` header.
package enum RetryAfter {
    // A year; whoever is told to wait longer than that will not wait at all.
    static let longest = 31_536_000_000.0

    /// Reads how long to wait.
    ///
    /// Both forms of RFC 9110, section 10.2.3, are understood, and fractions of a second. A time that is not in the
    /// future, and a value that is neither form, ask for nothing.
    ///
    /// - Parameters:
    ///   - header: The header's value.
    ///   - now: The present time, in milliseconds since 1970.
    /// - Returns: Milliseconds, a year at most; `nil` when nothing is asked for.
    package static func parse(_ header: String, now: Int64) -> Int64? {
        let text = header.trimmed
        if let seconds = milliseconds(text, perUnit: 1_000) { return seconds > 0 ? seconds : nil }
        guard let date = HTTPDate.parse(text) else { return nil }
        let delta = date * 1_000 - now
        return delta > 0 ? min(delta, Int64(longest)) : nil
    }

    /// Reads the `retry-after-ms` header of OpenAI's servers.
    package static func parseMilliseconds(_ header: String) -> Int64? {
        milliseconds(header.trimmed, perUnit: 1).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func milliseconds(_ text: String, perUnit unit: Double) -> Int64? {
        let isDecimal =
            text.utf8.contains { $0 != UInt8(ascii: ".") }
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDecimal, let value = Double(text) else { return nil }
        return Int64(min(value * unit, longest).rounded(.up))
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        var slice = unicodeScalars[...]
        while let first = slice.first, first.properties.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.properties.isWhitespace { slice.removeLast() }
        return String(slice)
    }
}
