/// Makes a failing schedule tamer for as long as it fails in the same way.
///
/// Sound by construction: whatever list of choices it tries is a schedule of its own, run from the start, and only one
/// that breaks the same promise is kept.
struct Shrinker {
    private(set) var best: [Int]
    private(set) var attempts = 0
    private let mostAttempts: Int
    private let fails: ([Int]) -> Bool

    init(_ choices: [Int], mostAttempts: Int, fails: @escaping ([Int]) -> Bool) {
        best = Self.withoutTail(choices)
        self.mostAttempts = mostAttempts
        self.fails = fails
    }

    mutating func shrink() {
        var before: [Int]
        repeat {
            before = best
            cutTail()
            for size in [64, 16, 4, 1] {
                eachBlock(of: size) { list, range in list.removeSubrange(range) }
                eachBlock(of: size) { list, range in for index in range { list[index] = 0 } }
            }
            eachBlock(of: 1) { list, range in list[range.lowerBound] /= 2 }
        } while best != before && attempts < mostAttempts
    }

    private mutating func cutTail() {
        var length = best.count / 2
        while length > 0 {
            if !isKept(Array(best.dropLast(length))) { length /= 2 }
            length = min(length, best.count / 2)
        }
    }

    private mutating func eachBlock(of size: Int, _ change: (inout [Int], Range<Int>) -> Void) {
        var end = best.count
        while end > 0, attempts < mostAttempts {
            let range = max(0, end - size)..<end
            if best[range].contains(where: { $0 != 0 }) || size == 1 {
                var candidate = best
                change(&candidate, range)
                _ = isKept(candidate)
            }
            end = min(best.count, range.lowerBound)
        }
    }

    private mutating func isKept(_ candidate: [Int]) -> Bool {
        let candidate = Self.withoutTail(candidate)
        guard candidate != best, attempts < mostAttempts else { return false }
        attempts += 1
        guard fails(candidate) else { return false }
        best = candidate
        return true
    }

    /// Past the end every choice is 0 anyway.
    private static func withoutTail(_ choices: [Int]) -> [Int] {
        Array(choices.prefix((choices.lastIndex { $0 != 0 } ?? -1) + 1))
    }
}
