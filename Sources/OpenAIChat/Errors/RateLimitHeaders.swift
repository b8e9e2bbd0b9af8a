internal import ChatModel

/// Finds a response header by its lower-case name.
typealias HeaderLookup = (String) -> String?

extension RateLimitReport {
    /// Reads `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`; values that make no sense are left out.
    init?(headers: HeaderLookup) {
        self.init(
            requests: Dimension(
                limit: headers("x-ratelimit-limit-requests"),
                remaining: headers("x-ratelimit-remaining-requests"),
                reset: headers("x-ratelimit-reset-requests")
            ),
            tokens: Dimension(
                limit: headers("x-ratelimit-limit-tokens"),
                remaining: headers("x-ratelimit-remaining-tokens"),
                reset: headers("x-ratelimit-reset-tokens")
            )
        )
        if requests == nil && tokens == nil { return nil }
    }

    /// Reads a duration such as `1s`, `6m0s`, `12ms`, `1h2m3.5s`, or a bare number of seconds, as milliseconds.
    static func duration(_ text: String) -> Int? {
        let text = text.trimmed
        var rest = text.utf8[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty, let value = Double(Substring(digits)) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = String(Substring(rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }))
            rest = rest.dropFirst(unit.utf8.count)
            switch unit {
            case "ms": total += value
            case "s": total += value * 1_000
            case "m": total += value * 60_000
            case "h": total += value * 3_600_000
            case "d": total += value * 86_400_000
            case "" where rest.isEmpty && digits.count == text.utf8.count: total += value * 1_000
            default: return nil
            }
        }
        return total < 1e12 ? Int(total.rounded(.up)) : nil
    }
}

extension RateLimitReport.Dimension {
    fileprivate init?(limit: String?, remaining: String?, reset: String?) {
        func count(_ text: String?) -> Int? {
            text.flatMap { Int($0.trimmed) }.flatMap { $0 >= 0 ? $0 : nil }
        }
        self.init(
            // Azure sends 0 for "no limit is known".
            limit: count(limit).flatMap { $0 > 0 ? $0 : nil },
            remaining: count(remaining),
            resetMilliseconds: reset.flatMap(RateLimitReport.duration)
        )
        if self.limit == nil && self.remaining == nil && resetMilliseconds == nil { return nil }
    }
}
