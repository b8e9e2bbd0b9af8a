#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Names for runs: the time at which they began, so that they sort, and a few random letters.
enum RunIdentifier {
    /// A name such as `20261122-194612-k3f9xw2a`.
    static func make(at milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789".utf8)
        // One draw for all letters, since each is a call of the system; eight, since thousands may begin at once.
        var draw = UInt64.random(in: .min ... .max)
        let random = String(
            decoding: (0..<8).map { _ in
                defer { draw /= UInt64(letters.count) }
                return letters[Int(draw % UInt64(letters.count))]
            },
            as: UTF8.self
        )
        let date = padded(parts.tm_year + 1900, 4) + padded(parts.tm_mon + 1) + padded(parts.tm_mday)
        let time = padded(parts.tm_hour) + padded(parts.tm_min) + padded(parts.tm_sec)
        return "\(date)-\(time)-\(random)"
    }
}
