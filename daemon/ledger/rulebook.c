/*
 * Rulebooks as values: the table of parameters, inheritance, look-ups. Owns the table; called by
 * the loader, by decide_*() and by whoever shows a rulebook. Never reads a file.
 */
#include "rulebook.h"

#include <assert.h>
#include <string.h>

#define PARAM_ROW(name, key, unit, min, max, suppliable)                                           \
	[name] = {name, key, unit, min, max, suppliable}
#define MANAGED_ROW(kind, category, key)                                                           \
	[PARAM_MANAGED_FIRST + ((kind)-1) * CATEGORY_COUNT + (category)-1] = {                     \
	    PARAM_MANAGED_FIRST + ((kind)-1) * CATEGORY_COUNT + (category)-1,                      \
	    key,                                                                                   \
	    PARAM_UNIT_DATE,                                                                       \
	    -25567,                                                                                \
	    376199,                                                                                \
	    false,                                                                                 \
	}

/*
 * A decision may supply months, bar years, first day and which suspension stands on overlap, and
 * nothing else (domain.md section 11).
 */
static const struct param_row rows[PARAM_COUNT] = {
    PARAM_ROW(PARAM_SUSPENSION_THRESHOLD, "suspension.threshold", PARAM_UNIT_POINTS, 1, 12, false),
    PARAM_ROW(PARAM_TERMINATION_THRESHOLD, "termination.threshold", PARAM_UNIT_POINTS, 1, 12,
	      false),
    PARAM_ROW(PARAM_YEAR_CAP, "year.cap", PARAM_UNIT_POINTS, 1, 144, false),
    PARAM_ROW(PARAM_CONDUCT_NOT_BEFORE, "conduct.not-before", PARAM_UNIT_DATE, -25567, 376199,
	      false),
    PARAM_ROW(PARAM_QUALIFICATION, "qualification", PARAM_UNIT_QUALIFICATION, 1, 2, false),
    PARAM_ROW(PARAM_SUSPENSION_MONTHS_9, "suspension.months.9", PARAM_UNIT_MONTHS, 1, 60, true),
    PARAM_ROW(PARAM_SUSPENSION_MONTHS_10, "suspension.months.10", PARAM_UNIT_MONTHS, 1, 60, true),
    PARAM_ROW(PARAM_SUSPENSION_MONTHS_11, "suspension.months.11", PARAM_UNIT_MONTHS, 1, 60, true),
    PARAM_ROW(PARAM_SUSPENSION_SINGLE_MONTHS_9, "suspension.single-months.9", PARAM_UNIT_MONTHS, 1,
	      60, true),
    PARAM_ROW(PARAM_SUSPENSION_SINGLE_MONTHS_10, "suspension.single-months.10", PARAM_UNIT_MONTHS,
	      1, 60, true),
    PARAM_ROW(PARAM_SUSPENSION_SINGLE_MONTHS_11, "suspension.single-months.11", PARAM_UNIT_MONTHS,
	      1, 60, true),
    PARAM_ROW(PARAM_SUSPENSION_START, "suspension.start", PARAM_UNIT_START, 1, 3, true),
    PARAM_ROW(PARAM_SUSPENSION_OVERLAP, "suspension.overlap", PARAM_UNIT_OVERLAP, 1, 4, true),
    PARAM_ROW(PARAM_SUSPENSION_EXEMPTS, "suspension.exempts", PARAM_UNIT_KINDS, 0, VISIT_KINDS_ALL,
	      false),
    PARAM_ROW(PARAM_TERMINATION_START, "termination.start", PARAM_UNIT_START, 1, 3, true),
    PARAM_ROW(PARAM_TERMINATION_EXEMPTS, "termination.exempts", PARAM_UNIT_KINDS, 0,
	      VISIT_KINDS_ALL, false),
    PARAM_ROW(PARAM_BAR_YEARS_ACCUMULATED, "bar-years.accumulated", PARAM_UNIT_YEARS, 1, 50, true),
    PARAM_ROW(PARAM_BAR_YEARS_SINGLE, "bar-years.single", PARAM_UNIT_YEARS, 1, 50, true),
    PARAM_ROW(PARAM_SINGLE_BY, "single-by", PARAM_UNIT_SINGLE, 1, 2, false),
    PARAM_ROW(PARAM_BAND_SHIFT, "band-shift", PARAM_UNIT_YES_NO, 0, 1, false),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_MEDICAL, "managed.hospital.medical"),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_PHARMACEUTICAL, "managed.hospital.pharmaceutical"),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_NURSING, "managed.hospital.nursing"),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_TECHNICAL, "managed.hospital.technical"),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_BILLING, "managed.hospital.billing"),
    MANAGED_ROW(INSTITUTION_HOSPITAL, CATEGORY_PRINCIPAL, "managed.hospital.principal"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_MEDICAL, "managed.pharmacy.medical"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_PHARMACEUTICAL, "managed.pharmacy.pharmaceutical"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_NURSING, "managed.pharmacy.nursing"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_TECHNICAL, "managed.pharmacy.technical"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_BILLING, "managed.pharmacy.billing"),
    MANAGED_ROW(INSTITUTION_PHARMACY, CATEGORY_PRINCIPAL, "managed.pharmacy.principal"),
    PARAM_ROW(PARAM_OBJECTION_DAYS, "objection.working-days", PARAM_UNIT_DAYS, 1, 365, false),
    PARAM_ROW(PARAM_OBJECTION_SIGNATURE, "objection.signature", PARAM_UNIT_YES_NO, 0, 1, false),
    PARAM_ROW(PARAM_OBJECTION_STAMP, "objection.stamp", PARAM_UNIT_YES_NO, 0, 1, false),
    PARAM_ROW(PARAM_OBJECTION_STAYS, "objection.stays-execution", PARAM_UNIT_YES_NO, 0, 1, false),
    PARAM_ROW(PARAM_REPAIR_POINTS_EACH, "repair.points-each", PARAM_UNIT_POINTS, 1, 12, false),
    PARAM_ROW(PARAM_REPAIR_POINTS_MAX, "repair.points-max", PARAM_UNIT_POINTS, 1, 144, false),
    PARAM_ROW(PARAM_REPAIR_POINTS_YEAR, "repair.points-year", PARAM_UNIT_POINTS, 1, 144, false),
    PARAM_ROW(PARAM_REPAIR_BASIS, "repair.basis", PARAM_UNIT_REPAIR_BASIS, 1, 2, false),
    PARAM_ROW(PARAM_REPAIR_ENDS_SUSPENSION, "repair.ends-suspension", PARAM_UNIT_YES_NO, 0, 1,
	      false),
    PARAM_ROW(PARAM_REPAIR_SHORTENS, "repair.shortens-suspension", PARAM_UNIT_YES_NO, 0, 1, false),
    PARAM_ROW(PARAM_PROPOSAL_EXPIRES, "proposal.expires-days", PARAM_UNIT_DAYS, 1, 365, false),
    PARAM_ROW(PARAM_INSTITUTION_WITHHELD_FROM, "institution.withheld-from", PARAM_UNIT_PERCENT, 1,
	      100, false),
    PARAM_ROW(PARAM_INSTITUTION_HALTED_FROM, "institution.halted-from", PARAM_UNIT_PERCENT, 1, 100,
	      false),
    PARAM_ROW(PARAM_PUBLICITY_MASKED, "publicity.masked", PARAM_UNIT_YES_NO, 0, 1, false),
    PARAM_ROW(PARAM_PUBLICITY_DAYS, "publicity.within-days", PARAM_UNIT_DAYS, 1, 365, false),
};

const struct param_row *
param_row(enum param_name name)
{
	assert(name < PARAM_COUNT);
	assert(rows[name].name == name);
	return &rows[name];
}

enum param_name
param_managed(enum institution_kind kind, enum category category)
{
	assert(kind >= 1 && kind <= INSTITUTION_KIND_COUNT);
	assert(category >= 1 && category <= CATEGORY_COUNT);
	return (enum param_name)(PARAM_MANAGED_FIRST + ((int)kind - 1) * CATEGORY_COUNT +
				 (int)category - 1);
}

void
rulebook_inherit(struct rulebook *child, const struct rulebook *parent)
{
	for (size_t i = 0; i < PARAM_COUNT; i++) {
		if (child->params[i].state == PARAM_ABSENT)
			child->params[i] = parent->params[i];
	}

	/*
	 * A jurisdiction that fixes its months for every path must not be overruled by its
	 * parent's narrower row for one of them.
	 */
	for (size_t i = 0; i < 3; i++) {
		struct param *single = &child->params[PARAM_SUSPENSION_SINGLE_MONTHS_9 + i];
		const struct param *any = &child->params[PARAM_SUSPENSION_MONTHS_9 + i];
		if (single->state != PARAM_ABSENT && any->state != PARAM_ABSENT &&
		    !slug_equal(&single->owner, &child->id.slug) &&
		    slug_equal(&any->owner, &child->id.slug))
			memset(single, 0, sizeof(*single));
	}

	for (size_t i = 0; i < parent->situations_count; i++) {
		if (rulebook_situation(child, &parent->situations[i].code) == NULL &&
		    child->situations_count < RULEBOOK_SITUATIONS_MAX)
			child->situations[child->situations_count++] = parent->situations[i];
	}
	if (child->measures_count == 0) {
		child->measures_count = parent->measures_count;
		memcpy(child->measures, parent->measures, sizeof(child->measures));
	}
	if (child->activities_count == 0) {
		child->activities_count = parent->activities_count;
		memcpy(child->activities, parent->activities, sizeof(child->activities));
	}
}

bool
rulebook_id_equal(const struct rulebook_id *a, const struct rulebook_id *b)
{
	return slug_equal(&a->slug, &b->slug) && day_equal(a->version, b->version) &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

const struct situation *
rulebook_situation(const struct rulebook *rulebook, const struct code *code)
{
	for (size_t i = 0; i < rulebook->situations_count; i++) {
		if (code_equal(&rulebook->situations[i].code, code))
			return &rulebook->situations[i];
	}
	return NULL;
}

const struct activity *
rulebook_activity(const struct rulebook *rulebook, const struct code *code)
{
	for (size_t i = 0; i < rulebook->activities_count; i++) {
		if (code_equal(&rulebook->activities[i].code, code))
			return &rulebook->activities[i];
	}
	return NULL;
}

static bool
manages_at(const struct rulebook *rulebook, enum institution_kind kind, enum category category,
	   struct day day)
{
	const struct param *param = &rulebook->params[param_managed(kind, category)];

	return param->state == PARAM_VALUE && param->min <= day.number;
}

bool
rulebook_manages(const struct rulebook *rulebook, enum institution_kind kind,
		 enum category category, struct day day)
{
	if (kind != 0)
		return manages_at(rulebook, kind, category, day);
	return manages_at(rulebook, INSTITUTION_HOSPITAL, category, day) ||
	       manages_at(rulebook, INSTITUTION_PHARMACY, category, day);
}
