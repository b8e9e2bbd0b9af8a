import CrewKit
import CrewReport

/// Judges the age of the built-in prices.
enum PriceCheck {
    private static let oldAfterDays = 60

    static func finding(_ date: String, now: Int64) -> Finding {
        guard let days = Timestamp.days(since: date, until: now), days > oldAfterDays else {
            return Finding(.good, "prices", "the built-in table is of \(date)")
        }
        return Finding(
            .hint,
            "prices",
            "the built-in table is of \(date), \(days) days old: models may cost something else by now",
            remedy: "update crew, or write the prices that you pay into the crew file (models: NAME: price:)"
        )
    }
}
