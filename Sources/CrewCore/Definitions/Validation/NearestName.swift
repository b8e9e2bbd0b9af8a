/// Finds what somebody who misspelt a name probably meant.
package enum NearestName {
    private static let longest = 64

    /// The candidate nearest to a word, if one is near enough to be meant; the first of several equally near ones.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - candidates: What would have been right.
    package static func of(_ word: String, in candidates: some Sequence<String>) -> String? {
        guard word.unicodeScalars.count <= longest else { return nil }
        let written = Array(word.lowercased().unicodeScalars)
        let allowed = max(1, written.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate != word && candidate.unicodeScalars.count <= longest {
            let distance = distance(written, Array(candidate.lowercased().unicodeScalars))
            if distance <= allowed, distance < candidate.unicodeScalars.count, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// How many insertions, deletions, substitutions and swaps of neighbours turn one word into the other
    /// (Damerau-Levenshtein, each stretch edited at most once).
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, beforeLast[column - 2] + 1)
                }
                current[column] = least
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
