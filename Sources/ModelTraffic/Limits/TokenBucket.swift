/// The generic cell rate algorithm (ITU-T I.371) for one quantity: a bucket that is full at `burst` and is refilled
/// evenly at `limit` a minute, kept as the one moment at which it would be full again.
///
/// In the usual notation the increment is `T = minute / limit` and the tolerance `tau = (burst - 1) * T`; a weight `w`
/// passes at `t` when `max(tat, t) + w * T - t <= tau + T`. Within any time `t` at most `limit * t + burst` pass.
struct TokenBucket: Hashable, Sendable {
    /// Units a minute.
    private(set) var limit: Int
    /// The most units at once.
    private(set) var burst: Int
    /// The theoretical arrival time, in nanoseconds: when the bucket is full again.
    private var fullAt: Double = -.infinity

    init(limit: Int, burst: Int) {
        self.limit = max(1, limit)
        self.burst = max(1, burst)
    }

    private var interval: Double { 60e9 / Double(limit) }

    /// When a weight may pass, in nanoseconds; a moment not after `now` means at once.
    ///
    /// - Parameter ahead: What passes before it.
    func moment(for weight: Int, after ahead: Int, now: Double) -> Double {
        max(fullAt, now) + (Double(ahead) + Double(weight) - Double(burst)) * interval
    }

    /// Takes a weight out.
    mutating func take(_ weight: Int, now: Double) {
        fullAt = max(fullAt, now) + Double(weight) * interval
    }

    /// Puts back what was taken too much; a negative amount takes what was taken too little.
    mutating func giveBack(_ weight: Int, now: Double) {
        // Never later than full now: what was not used in time is not saved up.
        fullAt = max(fullAt, now) - Double(weight) * interval
    }

    /// Lowers the limit to what a server says of itself; never raises it.
    mutating func tighten(limit newLimit: Int, now: Double) {
        guard newLimit > 0, newLimit < limit else { return }
        // What is left stays left, in units, as far as the smaller bucket holds it.
        let left = Double(burst) - max(0, fullAt - now) / interval
        limit = newLimit
        burst = min(burst, newLimit)
        fullAt = now + (Double(burst) - min(left, Double(burst))) * interval
    }

    /// Lowers what is left to what a server says; never raises it.
    mutating func tighten(remaining: Int, now: Double) {
        guard remaining >= 0, remaining < burst else { return }
        fullAt = max(fullAt, now + Double(burst - remaining) * interval)
    }
}
