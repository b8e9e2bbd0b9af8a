internal import ChatModel

/// How long a server asks to wait, wherever it says so.
struct RequestedWait {
    let headers: HeaderLookup
    /// The body as JSON, if it is.
    let body: JSONValue?
    /// The server's words.
    let message: String
    /// The present time, in milliseconds since 1970.
    let now: Int64

    /// The headers that are meant for it: OpenAI's `retry-after-ms`, and `Retry-After`.
    var ofHeaders: Int64? {
        headers("retry-after-ms").flatMap(RetryAfter.parseMilliseconds)
            ?? headers("retry-after").flatMap { RetryAfter.parse($0, now: now) }
    }

    /// What else tells it, of a server that is busy or not ready: the body's fields, its words, and the moment at which
    /// what is used up is there again.
    ///
    /// - Parameter isRateLimit: Whether a rate limit is used up, so that its reset is what matters.
    func elsewhere(isRateLimit: Bool) -> Int64? {
        bodyWait ?? wordsWait ?? (isRateLimit ? resetWait : nil)
    }

    // MARK: - The body

    /// The fields under which servers tell it: Google's `RetryInfo` (https://cloud.google.com/apis/design/errors),
    /// Hugging Face's `estimated_time`, `retry_after` of many gateways, in seconds, and the headers that OpenRouter hands
    /// on.
    private var bodyWait: Int64? {
        guard let body else { return nil }
        let root = body.arrayValue?.first ?? body
        for place in [root, root["error"]].compactMap(\.self) {
            for detail in (place["details"]?.arrayValue ?? []).prefix(16) {
                if let delay = detail["retryDelay"].flatMap(duration) { return delay }
            }
            for name in ["retryDelay", "retry_after", "retry_after_seconds", "retryAfter", "estimated_time"] {
                if let delay = place[name].flatMap(duration) { return delay }
            }
            for (name, value) in place["metadata"]?["headers"]?.objectValue ?? [:] {
                guard let text = value.stringValue else { continue }
                switch name.lowercased() {
                case "retry-after": if let wait = RetryAfter.parse(text, now: now) { return wait }
                case "x-ratelimit-reset": if let wait = ResetTime.wait(text, now: now) { return wait }
                default: break
                }
            }
        }
        return nil
    }

    /// A number of seconds, `"6.5s"`, or protobuf's `{seconds, nanos}`.
    private func duration(_ value: JSONValue) -> Int64? {
        switch value {
        case .string(let text): return RateLimitReport.duration(text).flatMap(positive)
        case .object(let members):
            let seconds = members["seconds"]?.doubleValue ?? members["seconds"]?.stringValue.flatMap(Double.init) ?? 0
            return positive(seconds * 1_000 + (members["nanos"]?.doubleValue ?? 0) / 1_000_000)
        default: return value.doubleValue.flatMap { positive($0 * 1_000) }
        }
    }

    private func positive(_ milliseconds: Int) -> Int64? { positive(Double(milliseconds)) }

    private func positive(_ milliseconds: Double) -> Int64? {
        milliseconds.isFinite && milliseconds > 0 ? Int64(min(milliseconds, RetryAfter.longest).rounded(.up)) : nil
    }

    // MARK: - The words

    /// What stands before the time in what servers say: OpenAI's "Please try again in 1.2s", Google's "Please retry in
    /// 6.5s", Azure's "Please retry after 26 seconds".
    private static let openings = ["try again in ", "retry in ", "retry after ", "try again after ", "wait "]
    private static let units: [(names: [String], milliseconds: Double)] = [
        (["milliseconds", "millisecond", "msec"], 1), (["seconds", "second", "secs", "sec"], 1_000),
        (["minutes", "minute", "mins", "min"], 60_000), (["hours", "hour", "hrs"], 3_600_000),
    ]

    private var wordsWait: Int64? {
        let words = message.lowercased()
        for opening in Self.openings {
            guard let start = words.firstRange(of: opening)?.upperBound else { continue }
            let rest = words[start...].prefix(40).split(whereSeparator: \.isWhitespace)
            guard let first = rest.first else { continue }
            // "6m0s." has a full stop behind it, and "6.5s" has one within.
            let text = String(first).trailingPunctuationRemoved
            if text.last?.isLetter == true, let wait = RateLimitReport.duration(text).flatMap(positive) { return wait }
            guard let number = Double(text), rest.count > 1 else { continue }
            let unit = String(rest[rest.index(after: rest.startIndex)]).trailingPunctuationRemoved
            guard let factor = Self.units.first(where: { $0.names.contains(unit) })?.milliseconds else { continue }
            return positive(number * factor)
        }
        return nil
    }

    // MARK: - The reset of a limit

    /// When what is used up is there again; where nothing says what is used up, when all is.
    private var resetWait: Int64? {
        var used: [Int64] = []
        var others: [Int64] = []
        for dimension in ["-requests", "-tokens", ""] {
            guard let reset = headers("x-ratelimit-reset" + dimension), let wait = ResetTime.wait(reset, now: now)
            else {
                continue
            }
            switch headers("x-ratelimit-remaining" + dimension).flatMap({ Int($0.trimmed) }) {
            case 0?: used.append(wait)
            case nil: others.append(wait)
            default: break
            }
        }
        return used.max() ?? others.max()
    }
}

/// The moment at which a limit is whole again, as servers write it.
enum ResetTime {
    /// Reads a duration (`6m0s`, `1.5s`, a bare number of seconds), or a moment (seconds or milliseconds since 1970).
    ///
    /// - Returns: Milliseconds from now on; `nil` for what is over or is neither.
    static func wait(_ text: String, now: Int64) -> Int64? {
        let text = text.trimmed
        if let number = Double(text), number.isFinite, number >= 1e9 {
            // 1e9 seconds were 2001, 1e12 milliseconds too; nobody waits for thirty years.
            let moment = number >= 1e12 ? number : number * 1_000
            let wait = moment - Double(now)
            return wait > 0 && wait <= RetryAfter.longest ? Int64(wait.rounded(.up)) : nil
        }
        return RateLimitReport.duration(text).flatMap { $0 > 0 ? Int64($0) : nil }
    }
}

extension String {
    fileprivate var trailingPunctuationRemoved: String {
        var text = self[...]
        while let last = text.last, !last.isLetter, !last.isNumber { text.removeLast() }
        return String(text)
    }
}
