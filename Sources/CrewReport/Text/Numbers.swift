package import ChatModel
package import CrewCore

/// Numbers as people read them.
package enum Numbers {
    /// A count with commas: `12,340`.
    package static func count(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// A count with its noun: `1 call`, `7 calls`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A duration such as `350 ms`, `12.3 s`, `2m 05s`, `1h 04m`.
    package static func duration(_ milliseconds: Int64) -> String {
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 { return "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s" }
        let seconds = milliseconds / 1_000
        if seconds < 3_600 { return "\(seconds / 60)m \(twoDigits(seconds % 60))s" }
        return "\(seconds / 3_600)h \(twoDigits(seconds / 60 % 60))m"
    }

    /// A clock such as `00:14` or `1:02:03`.
    package static func clock(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1_000)
        let tail = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3_600 ? tail : "\(seconds / 3_600):\(tail)"
    }

    /// An amount with at most six places, the last one rounded up: what is small is not shown as nothing.
    package static func money(_ money: Money) -> String {
        let step: Int64 = money.picodollars >= 1_000_000_000_000 ? 100_000_000 : 1_000_000
        let rest = money.picodollars % step
        guard rest > 0 else { return money.description }
        return Money(picodollars: (money.picodollars - rest).addingWithSaturation(step)).description
    }

    package static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
