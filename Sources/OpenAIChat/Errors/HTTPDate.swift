/// The dates of HTTP headers, in the three forms of RFC 9110, section 5.6.7.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// Reads a date as seconds since 1970; `nil` when it has none of the forms.
    static func parse(_ text: String) -> Int64? {
        let words = text.split(separator: " ").map(String.init)
        guard let first = words.first else { return nil }
        if first.hasSuffix(",") {
            let day = String(first.dropLast())
            if words.count == 6, days.contains(day), words[5] == "GMT", words[3].utf8.count == 4 {
                // Sun, 06 Nov 1994 08:49:37 GMT
                return seconds(day: words[1], month: words[2], year: Int(words[3]), time: words[4])
            }
            if words.count == 4, longDays.contains(day), words[3] == "GMT" {
                // Sunday, 06-Nov-94 08:49:37 GMT
                let date = words[1].split(separator: "-").map(String.init)
                guard date.count == 3, date[2].utf8.count == 2, let year = Int(date[2]) else { return nil }
                return seconds(
                    day: date[0],
                    month: date[1],
                    year: year < 70 ? 2000 + year : 1900 + year,
                    time: words[2]
                )
            }
            return nil
        }
        // Sun Nov  6 08:49:37 1994
        guard words.count == 5, days.contains(first), words[4].utf8.count == 4 else { return nil }
        return seconds(day: words[2], month: words[1], year: Int(words[4]), time: words[3])
    }

    private static func seconds(day: String, month: String, year: Int?, time: String) -> Int64? {
        let clock = time.split(separator: ":").map { $0.utf8.count == 2 ? Int($0) : nil }
        guard let day = Int(day), (1...31).contains(day), let month = months.firstIndex(of: month), let year, year > 0,
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        return Int64(daysSince1970(year: year, month: month + 1, day: day)) * 86_400
            + Int64(hour * 3_600 + minute * 60 + second)
    }

    // Years start in March here, so that a leap day is the last day of its year.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
