/// Where two values of one type first differ, to the last stored property, whether or not it can be seen from here.
///
/// Templates are left out: they are no part of a run's state; and so is what was worked out for a decision and is only
/// kept until the next fact. What cannot be compared at all is left out as well.
func firstDifference(_ left: Any, _ right: Any, _ path: String) -> String? {
    let known = left as? AnyHashable
    if let known, known == right as? AnyHashable { return nil }
    let leftMirror = Mirror(reflecting: left)
    guard leftMirror.displayStyle != .class else { return nil }
    let ownParts = parts(leftMirror)
    let otherParts = parts(Mirror(reflecting: right))
    guard ownParts.map(\.name) == otherParts.map(\.name) else {
        return "\(path) has \(ownParts.map(\.name)), and otherwise \(otherParts.map(\.name))"
    }
    for (own, other) in zip(ownParts, otherParts) where !["prompts", "library", "proposal"].contains(own.name) {
        if let difference = firstDifference(own.value, other.value, "\(path).\(own.name)") { return difference }
    }
    return known == nil ? nil : "\(path) is \(left), and otherwise \(right)"
}

/// The parts of a value by name, in an order that does not hang on hashes.
private func parts(_ mirror: Mirror) -> [(name: String, value: Any)] {
    let parts = mirror.children.enumerated().map { index, child in (child.label ?? "\(index)", child.value) }
    guard mirror.displayStyle == .dictionary || mirror.displayStyle == .set else { return parts }
    let named = mirror.children.map { child in
        let entry = Mirror(reflecting: child.value).children.map(\.value)
        return entry.count == 2 ? ("\(entry[0])", entry[1]) : ("\(child.value)", child.value)
    }
    return named.sorted { $0.0 < $1.0 }
}
