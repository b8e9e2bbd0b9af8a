#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// Points in time, in milliseconds since 1970 UTC.
package enum Timestamp {
    /// The time in UTC as ISO 8601 has it: `2026-11-22T19:46:12Z`.
    package static func iso8601(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return text(parts, "T") + ":" + Numbers.twoDigits(Int64(parts.tm_sec)) + "Z"
    }

    /// The days from a date such as `2026-11-22` to a time; `nil` when it is no date.
    package static func days(since date: String, until milliseconds: Int64) -> Int? {
        let numbers = date.split(separator: "-").compactMap { Int32($0) }
        guard numbers.count == 3 else { return nil }
        var parts = tm()
        parts.tm_year = numbers[0] - 1900
        parts.tm_mon = numbers[1] - 1
        parts.tm_mday = numbers[2]
        return Int((milliseconds / 1_000 - Int64(timegm(&parts))) / 86_400)
    }

    /// A date and the minute of its day.
    package static func text(_ parts: tm, _ separator: String) -> String {
        func two(_ number: Int32) -> String { Numbers.twoDigits(Int64(number)) }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))\(separator)"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
    }
}
