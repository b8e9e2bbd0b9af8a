internal import CrewCore

extension Sequence<String> {
    /// The words by how few letters must be changed to make another of them, then by their letters.
    func sortedByLikeness(to other: String) -> [String] {
        let target = Array(other.lowercased().unicodeScalars.prefix(64))
        return map { (word: $0, distance: NearestName.distance(target, Array($0.lowercased().unicodeScalars))) }
            .sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }
            .map(\.word)
    }
}
